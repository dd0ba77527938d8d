using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GripProxy.Control.Metrics;

/// <summary>
/// Gathers what the instruments of this process' parts measure, for Prometheus (STA-30). It exists only where somebody can ask: without it the
/// instruments do nothing. Thread-safe.
/// </summary>
internal sealed class MetricStore : IDisposable
{
    private const string OurMeters = "GripProxy.";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private long _round;

    /// <summary>Listens to the meters that <paramref name="meters"/> makes and has made.</summary>
    public MetricStore(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name.StartsWith(OurMeters, StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument, new Source(FamilyOf(instrument), instrument));
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, source) => Take((Source)source!, value, tags)); // Always given above.
        _listener.SetMeasurementEventCallback<int>((_, value, tags, source) => Take((Source)source!, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, source) => Take((Source)source!, value, tags));
        _listener.Start();
    }

    /// <summary>Asks for what is not told by itself, and writes everything.</summary>
    /// <param name="write">Writes one metric; values that were asked for are those of the round.</param>
    public void Write(Action<MetricFamily, long> write)
    {
        lock (_gate)
        {
            _round++;
            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values.OrderBy(static family => family.Name, StringComparer.Ordinal))
                write(family, _round);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Take(Source source, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (source.IsObservable)
            source.Family.Of(tags).Observe(value, _round);
        else
            source.Family.Of(tags).Add(value);
    }

    private void Take(Source source, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (source.IsObservable)
            source.Family.Of(tags).Observe(value, _round);
        else
            source.Record(value, tags);
    }

    private MetricFamily FamilyOf(Instrument instrument)
    {
        var kind = KindOf(instrument);
        return _families.GetOrAdd(MetricName.Of(instrument, kind), name => new MetricFamily(name, kind, instrument.Description ?? ""));
    }

    private static MetricKind KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> or Counter<int> or ObservableCounter<long> or ObservableCounter<int> => MetricKind.Counter,
        Histogram<double> => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    /// <summary>An instrument and where its measurements go. Immutable.</summary>
    private sealed class Source(MetricFamily family, Instrument instrument)
    {
        private readonly double[] _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries is { } bounds ? [.. bounds] : [];

        public MetricFamily Family => family;

        public bool IsObservable { get; } = instrument.IsObservable;

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => family.HistogramOf(tags, _bounds).Record(value);
    }
}
