using GripProxy.Channels.Traffic;
using GripProxy.Control.Stats;

namespace GripProxy.Control.Metrics;

/// <summary>Pushpin's five metrics, under its names (STA-20). Immutable.</summary>
internal sealed class PushpinMetrics(TrafficBook book, StatsOptions options)
{
    /// <summary>Writes them.</summary>
    /// <param name="text">Takes them.</param>
    /// <param name="prefix">What their names begin with (<c>prometheus_prefix</c>).</param>
    public void Write(MetricText text, string prefix)
    {
        // GRIP: without reports Pushpin counts requests only (STA-20).
        var counts = options.ReportInterval > TimeSpan.Zero;
        text.Write(prefix + "request_received", MetricKind.Counter, "Number of requests received", book.Total(TrafficCount.Requests));
        text.Write(
            prefix + "connection_connected",
            MetricKind.Gauge,
            "Number of concurrent connections",
            counts ? book.Routes.Sum(static route => (long)route.Peak) : 0);
        text.Write(
            prefix + "connection_minute",
            MetricKind.Counter,
            "Number of minutes clients have been connected",
            counts ? book.Total(TrafficCount.Minutes) : 0);
        text.Write(
            prefix + "message_received", MetricKind.Counter, "Number of messages received by the publish API", counts ? book.Received : 0);
        text.Write(
            prefix + "message_sent", MetricKind.Counter, "Number of messages sent to clients", counts ? book.Total(TrafficCount.Sent) : 0);
    }
}
