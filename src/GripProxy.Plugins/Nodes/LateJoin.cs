using GripProxy.Plugins.State;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Nodes;

/// <summary>
/// The start of the plugins of a node whose cluster cannot be reached: it is tried again until it succeeds, while the node does everything else (plugins.md §12.1).
/// Owned by the plugin host.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LateJoin(TimeProvider time, ILogger<LateJoin> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _joining = Task.CompletedTask;

    /// <summary>Begins to try.</summary>
    /// <param name="reason">Why it did not succeed at first.</param>
    /// <param name="startAsync">Starts the plugins: null, or why they cannot start as they are set up.</param>
    public void Begin(string reason, Func<Task<string?>> startAsync)
    {
        Log.Waits(logger, reason);
        _joining = JoinAsync(startAsync);
    }

    /// <summary>Tries no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _joining;
        _stopping.Dispose();
    }

    private async Task JoinAsync(Func<Task<string?>> startAsync)
    {
        var told = "";
        using var timer = new PeriodicTimer(Often, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var problem = await TryAsync(startAsync);
                if (problem is null)
                {
                    Log.Joined(logger);
                    return;
                }

                // Somebody has to mend this, and once it is mended it succeeds.
                if (problem.Length > 0 && problem != told)
                    Log.NotStarted(logger, problem);
                told = problem;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception e)
        {
            // The disk, or a fault: waiting for the cluster mends neither.
            Log.Failed(logger, e);
        }
    }

    // Null: they run. Empty: the cluster is still away.
    private static async Task<string?> TryAsync(Func<Task<string?>> startAsync)
    {
        try
        {
            return await startAsync();
        }
        catch (StateUnavailableException e)
        {
            return e.IsLasting ? e.Message : "";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7995, LogLevel.Warning, "plugins wait for the cluster, the rest serves: {Reason}", EventName = "PluginsWait")]
        public static partial void Waits(ILogger logger, string reason);

        [LoggerMessage(7996, LogLevel.Information, "plugins have joined the cluster", EventName = "PluginsJoined")]
        public static partial void Joined(ILogger logger);

        [LoggerMessage(7997, LogLevel.Error, "plugins cannot start; it is tried again: {Problem}", EventName = "PluginsNotStarted")]
        public static partial void NotStarted(ILogger logger, string problem);

        [LoggerMessage(7998, LogLevel.Error, "plugins cannot start before the proxy is started again", EventName = "PluginsFailed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
