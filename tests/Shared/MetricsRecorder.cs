using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Testing;

/// <summary>Adds up what counters count, by name and labels. Owned by one test.</summary>
public sealed class MetricsRecorder : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _additions = new(StringComparer.Ordinal);

    public MetricsRecorder(string meterName)
    {
        Factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Tests run side by side: only the meters of this one count.
            if (instrument.Meter.Name == meterName && ReferenceEquals(instrument.Meter.Scope, Factory))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
        {
            var key = instrument.Name;
            foreach (var label in labels)
                key += $" {label.Key}={label.Value}";
            _additions.AddOrUpdate(instrument.Name, 1, (_, count) => count + 1);
            _sums.AddOrUpdate(key, value, (_, sum) => sum + value);
        });
        _listener.Start();
    }

    /// <summary>Makes the meters.</summary>
    public IMeterFactory Factory { get; }

    /// <summary>How often something was added to the instrument of that name.</summary>
    public int AdditionsTo(string name) => _additions.GetValueOrDefault(name);

    /// <summary>The sum under a name and its labels, such as <c>a.b x=1 y=2</c>.</summary>
    public long this[string key] => _sums.GetValueOrDefault(key);

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }
}
