using System.Collections.Concurrent;

namespace GripProxy.Control.Metrics;

/// <summary>One metric with all its series, whichever instruments of whichever part measure it. Thread-safe.</summary>
/// <param name="name">Its name in Prometheus.</param>
/// <param name="kind">Its kind.</param>
/// <param name="help">What it says, in a sentence.</param>
internal sealed class MetricFamily(string name, MetricKind kind, string help)
{
    private readonly ConcurrentDictionary<MetricLabels, MetricSeries> _series = new();
    private readonly ConcurrentDictionary<MetricLabels, HistogramSeries> _histograms = new();

    /// <summary>Its name in Prometheus.</summary>
    public string Name => name;

    /// <summary>Its kind.</summary>
    public MetricKind Kind => kind;

    /// <summary>What it says.</summary>
    public string Help => help;

    /// <summary>The counters and gauges, in the order of their labels.</summary>
    public IEnumerable<MetricSeries> Series => _series.Values.OrderBy(static series => series.Labels, StringComparer.Ordinal);

    /// <summary>The histograms, in the order of their labels.</summary>
    public IEnumerable<HistogramSeries> Histograms => _histograms.Values.OrderBy(static series => series.Labels, StringComparer.Ordinal);

    /// <summary>The counter or gauge with these labels.</summary>
    public MetricSeries Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = MetricLabels.Of(tags);
        return _series.TryGetValue(labels, out var known) ? known : _series.GetOrAdd(labels, new MetricSeries(MetricLabels.Text(tags)));
    }

    /// <summary>The histogram with these labels.</summary>
    public HistogramSeries HistogramOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, double[] bounds)
    {
        var labels = MetricLabels.Of(tags);
        return _histograms.TryGetValue(labels, out var known)
            ? known
            : _histograms.GetOrAdd(labels, new HistogramSeries(MetricLabels.Text(tags), bounds));
    }
}
