namespace GripProxy.Control.Metrics;

/// <summary>What Prometheus takes a metric for.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts how often values were how large.</summary>
    Histogram,
}
