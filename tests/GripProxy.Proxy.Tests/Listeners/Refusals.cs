using System.Diagnostics.Metrics;

namespace GripProxy.Proxy.Tests.Listeners;

/// <summary>The reasons counted by one server.</summary>
internal sealed class Refusals : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<string> _reasons = [];

    public Refusals(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gripproxy.refusals" && ReferenceEquals(instrument.Meter.Scope, meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (_reasons)
                _reasons.Add((string)tags[0].Value!); // each has a reason
        });
        _listener.Start();
    }

    public IReadOnlyList<string> Reasons
    {
        get
        {
            lock (_reasons)
                return [.. _reasons];
        }
    }

    public void Dispose() => _listener.Dispose();
}
