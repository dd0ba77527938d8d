using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>Values by their names in conditions (plugins-gameday.md §4). Stateless.</summary>
internal static class MetricView
{
    /// <summary>Over some seconds; not a number if that was not measured, null if none of them is over.</summary>
    public static double? Window(string metric, IReadOnlyList<Second> seconds, StepTally tally, GaugeLog gauges)
    {
        if (seconds.Count == 0 && MetricNames.Own.Contains(metric))
            return null;
        return metric switch
        {
            "ingest.accepted_ratio" => Ratio(seconds.Sum(static second => second.Accepted), seconds.Sum(static second => second.Scheduled)),
            "ingest.rate" => (double)seconds.Sum(static second => second.Accepted) / seconds.Count,
            "publish.rate" => (double)seconds.Sum(static second => second.Received) / seconds.Count,
            "client.errors" => seconds.Sum(static second => second.ClientErrors),
            "stub.rate" => (double)seconds.Sum(static second => second.StubEvents) / seconds.Count,
            _ when Percent(metric) is { } percent => Merged(seconds, metric).Percentile(percent),
            _ when metric.StartsWith("delivery.", StringComparison.Ordinal) => Whole(metric, tally, gauges),
            _ => gauges.Last(metric),
        };
    }

    /// <summary>Over a whole step; not a number if that was not measured.</summary>
    public static double Whole(string metric, StepTally tally, GaugeLog gauges) => metric switch
    {
        "ingest.accepted_ratio" => Ratio(tally.Accepted, tally.Scheduled),
        "ingest.rate" => tally.HoldSeconds > 0 ? tally.Ingest.Count == 0 ? 0 : tally.HoldScheduled * Ratio(tally.Accepted, tally.Scheduled) / tally.HoldSeconds : double.NaN,
        "publish.rate" => tally.HoldSeconds > 0 ? tally.Publish.Count / tally.HoldSeconds : double.NaN,
        "client.errors" => tally.ClientErrors,
        "stub.rate" => tally.HoldSeconds > 0 ? (tally.StubOpens + tally.StubClicks) / tally.HoldSeconds : double.NaN,
        "delivery.missing" => tally.Missing,
        "delivery.duplicates" => tally.Duplicates,
        "delivery.out_of_order" => tally.OutOfOrder,
        _ when Percent(metric) is { } percent => (metric.StartsWith("publish.", StringComparison.Ordinal) ? tally.Publish : tally.Ingest).Percentile(percent),
        _ => gauges.Whole(metric),
    };

    private static double Ratio(long part, long whole) => whole == 0 ? 1 : (double)part / whole;

    private static double? Percent(string metric) =>
        metric.IndexOf("latency_p", StringComparison.Ordinal) is > 0 and var at && int.TryParse(metric.AsSpan(at + "latency_p".Length, 2), out var percent) ? percent : null;

    private static LatencyHistogram Merged(IReadOnlyList<Second> seconds, string metric)
    {
        var all = new LatencyHistogram();
        foreach (var second in seconds)
            all.Add(metric.StartsWith("publish.", StringComparison.Ordinal) ? second.Publish : second.Ingest);
        return all;
    }
}
