using System.Collections.Concurrent;

namespace GripProxy.Plugins.Engine;

/// <summary>Looks after all cells of the process with one timer, which runs while there are cells (plugins.md §5.4). Thread-safe.</summary>
internal sealed class CellWatchdog : IDisposable
{
    // Often, so that who computes on and on is in the background before others notice; everything is looked at every 250 ms.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private const int All = 5;

    private readonly ConcurrentDictionary<Cell, bool> _cells = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private uint _rounds;

    /// <summary>Watches nothing yet.</summary>
    public CellWatchdog(TimeProvider time) =>
        _timer = time.CreateTimer(static self => ((CellWatchdog)self!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Watches a cell until it ends.</summary>
    public void Watch(Cell cell)
    {
        lock (_gate)
        {
            _cells[cell] = true;
            if (_cells.Count == 1)
                _timer.Change(Interval, Interval);
        }

        _ = ForgetAsync(cell);
    }

    /// <summary>Watches nothing any more.</summary>
    public void Dispose() => _timer.Dispose();

    private async Task ForgetAsync(Cell cell)
    {
        await cell.Ended;
        lock (_gate)
        {
            _cells.TryRemove(cell, out _);
            if (_cells.IsEmpty)
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Check()
    {
        var all = Interlocked.Increment(ref _rounds) % All == 0;
        foreach (var (cell, _) in _cells)
        {
            if (all)
                cell.Check();
            else
                cell.CheckComputing();
        }
    }
}
