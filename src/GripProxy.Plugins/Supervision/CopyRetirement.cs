using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// The end of copies that serve no more: their calls end, they are told by <c>teardownPlugin</c>, and they are unloaded (plugins.md §6.2). Thread-safe.
/// Owned by a keeper.
/// </summary>
internal sealed partial class CopyRetirement(CellParts parts, ILogger logger)
{
    private readonly RunningTasks _under = new();

    /// <summary>Awaited before a copy is told that it ends, while it can be called still; no longer than until the token is cancelled.</summary>
    public Func<RunningCell, LiveCopy, CancellationToken, Task> Leaving { get; set; } = static (_, _, _) => Task.CompletedTask;

    /// <summary>Lets copies go that are not in their cell's list any more. Returns at once.</summary>
    public void Retire(RunningCell running, IReadOnlyList<LiveCopy> copies)
    {
        foreach (var copy in copies)
            _under.Add(RetireAsync(running, copy, parts.Limits.Call));
    }

    /// <summary>Lets all copies of a cell go and waits for it.</summary>
    public async Task RetireAllAsync(RunningCell running, TimeSpan grace) =>
        await Task.WhenAll([.. running.Close().Select(copy => RetireAsync(running, copy, grace)), WaitAsync(grace)]);

    // Some may be under way from before.
    private async Task WaitAsync(TimeSpan grace)
    {
        try
        {
            await _under.WhenEnded().WaitAsync(grace, parts.Time);
        }
        catch (TimeoutException)
        {
            // They have had their time.
        }
    }

    private async Task RetireAsync(RunningCell running, LiveCopy copy, TimeSpan grace)
    {
        try
        {
            await copy.UnusedAsync().WaitAsync(grace, parts.Time);
            await LeaveAsync(running, copy, grace);
            if (copy.Capabilities.Has("teardownPlugin"))
                await running.Cell.CallAsync(copy.Copy, "teardownPlugin").WaitAsync(grace, parts.Time);
        }
        catch (Exception e) when (e is WorkerEndedException or TimeoutException)
        {
            // The cell has ended by itself, or the plugin does not want to.
        }

        running.Cell.Unload(copy.Copy);
    }

    // What goes wrong here keeps neither the plugin from its goodbye nor the cell from its end.
    private async Task LeaveAsync(RunningCell running, LiveCopy copy, TimeSpan grace)
    {
        using var late = new CancellationTokenSource();
        try
        {
            await Leaving(running, copy, late.Token).WaitAsync(grace, parts.Time);
        }
        catch (Exception e) when (e is not (WorkerEndedException or TimeoutException))
        {
            Log.NotFlushed(logger, e, copy.Install.Name);
        }
        finally
        {
            await late.CancelAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7108, LogLevel.Error, "plugin {Install}: what it had to export before its end was not handed over; it waits", EventName = "PluginNotFlushed")]
        public static partial void NotFlushed(ILogger logger, Exception exception, string install);
    }
}
