namespace GripProxy.GameDay.Plans;

/// <summary>What conditions may look at (plugins-gameday.md §4).</summary>
internal static class MetricNames
{
    /// <summary>What the generator measures itself.</summary>
    public static IReadOnlyList<string> Own { get; } =
    [
        "ingest.accepted_ratio", "ingest.rate", "ingest.latency_p50_ms", "ingest.latency_p95_ms", "ingest.latency_p99_ms",
        "publish.rate", "publish.latency_p50_ms", "publish.latency_p95_ms", "publish.latency_p99_ms",
        "delivery.missing", "delivery.duplicates", "delivery.out_of_order", "client.errors", "stub.rate",
    ];

    /// <summary>What the target tells.</summary>
    public static IReadOnlyList<string> Target { get; } =
        ["queue.events", "queue.oldest_s", "post.oldest_s", "dlq.added", "cell.restarts", "cell.rss_mb_max"];

    /// <summary>What the machine tells that the generator runs on.</summary>
    public static IReadOnlyList<string> Host { get; } = ["host.cpu", "host.rss_mb"];

    /// <summary>Beginning of a series of the target's metrics page.</summary>
    public const string Prometheus = "prom:";

    /// <summary>Beginning of an address with a path in its JSON.</summary>
    public const string Http = "http:";

    /// <summary>All names.</summary>
    public static IEnumerable<string> All => Own.Concat(Target).Concat(Host);

    /// <summary>True for what needs clients that listen.</summary>
    public static bool NeedsClients(string name) => name.StartsWith("publish.", StringComparison.Ordinal) || name.StartsWith("delivery.", StringComparison.Ordinal);

    /// <summary>True for what is only known when all that was under way has come.</summary>
    public static bool OnlyAtTheEnd(string name) => name == "delivery.missing";
}
