using GripProxy.Plugins.Supervision;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Pipeline;

/// <summary>Makes the cells that share a tenant's events more or fewer as the load asks (plugins.md §5.6). Owned by the tenant's runtime.</summary>
internal sealed partial class ReplicaScaler : IAsyncDisposable
{
    private readonly CellKeeper _keeper;
    private readonly Func<TimeSpan> _waiting;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReplicaRule _rule;
    private readonly ITimer _timer;
    private int _isBusy;

    /// <summary>Looks from now on.</summary>
    /// <param name="keeper">Has the cells.</param>
    /// <param name="waiting">How long the oldest event has waited for its chain.</param>
    /// <param name="most">The most cells.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ReplicaScaler(CellKeeper keeper, Func<TimeSpan> waiting, int most, TimeProvider time, ILogger<ReplicaScaler> logger)
    {
        _keeper = keeper;
        _waiting = waiting;
        _time = time;
        _logger = logger;
        _rule = new ReplicaRule(most);
        _timer = time.CreateTimer(static self => _ = ((ReplicaScaler)self!).LookAsync(), this, ReplicaRule.Look, ReplicaRule.Look);
    }

    /// <summary>Looks no more.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    // One change at a time: a cell takes a moment to start, and more to be drained.
    private async Task LookAsync()
    {
        if (Interlocked.Exchange(ref _isBusy, 1) == 1)
            return;
        try
        {
            var now = _keeper.Replicas;
            if (_rule.Next(_waiting(), now, _time.GetUtcNow()) is var next && next != now)
                await _keeper.ResizeAsync(next);
        }
        catch (OperationCanceledException)
        {
            // The keeper stops.
        }
        catch (Exception e)
        {
            Log.NotScaled(_logger, e);
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7220, LogLevel.Error, "the number of cells that share events could not be changed", EventName = "CellsNotResized")]
        public static partial void NotScaled(ILogger logger, Exception exception);
    }
}
