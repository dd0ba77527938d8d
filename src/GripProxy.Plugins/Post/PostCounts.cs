using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Post;

/// <summary>
/// Counts what the work beside a tenant's chain comes to: calls and runs for the operator, and the metrics that every plugin with <c>exportEvents</c> has
/// (plugins.md §11.2). Thread-safe.
/// </summary>
/// <param name="tenant">Name of the tenant.</param>
/// <param name="instruments">What the operator sees.</param>
/// <param name="use">What the tenant sees, with the plugins' own metrics.</param>
internal sealed class PostCounts(string tenant, PluginInstruments instruments, PluginUse use)
{
    /// <summary>A function was called.</summary>
    /// <param name="install">Name of the install.</param>
    /// <param name="method">Name of the function.</param>
    /// <param name="error">What it threw, or null.</param>
    public void Called(string install, string method, PluginError? error) => Called(install, Kind(method), error switch
    {
        null => "ok",
        { IsRetry: true } => "retry",
        { IsTimeout: true } => "timeout",
        { Name: GuardedCalls.Crashed } => "crashed",
        _ => "error",
    });

    /// <summary>A webhook was sent, or refused.</summary>
    public void Sent(string install, PostOutcome outcome) =>
        Called(install, DeadLetterReason.Webhook, outcome.End switch { PostEnd.Done => "ok", PostEnd.Retry => "retry", _ => "error" });

    /// <summary>A run by the clock did not begin, because the run before was still going.</summary>
    public void Skipped(string install) => instruments.ScheduleSkipped(tenant, install);

    /// <summary>Events wait for their export.</summary>
    public void ExportsSeen(string install, int count) => Add(install, "events_seen", count);

    /// <summary>An export of so many events was called and has ended.</summary>
    /// <param name="install">Name of the install.</param>
    /// <param name="count">Events of the batch.</param>
    /// <param name="error">What it threw, or null.</param>
    public void Exported(string install, int count, PluginError? error)
    {
        if (error is null)
            Add(install, "events_delivered_successfully", count);
        else
            Add(install, error.IsRetry ? "retry_errors" : "other_errors", 1);
    }

    /// <summary>Events are not exported any more; they are a dead letter.</summary>
    public void ExportsLost(string install, int count) => Add(install, "undelivered_events", count);

    private void Called(string install, string method, string result)
    {
        instruments.Called(tenant, install, method, result);
        use.Called(install, method, result);
    }

    // Names of jobs are the plugins': any number of them.
    private static string Kind(string method) => method.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? method[..dot] : method;

    // A plugin that declares one of these names as another kind, or twenty others, goes without it.
    private void Add(string install, string name, int count) => use.Metrics.Add(install, name, "sum", count);
}
