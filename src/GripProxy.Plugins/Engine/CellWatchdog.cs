using System.Collections.Concurrent;

namespace GripProxy.Plugins.Engine;

/// <summary>Looks after all cells of the process with one timer, which runs while there are cells (plugins.md §5.4). Thread-safe.</summary>
internal sealed class CellWatchdog : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Cell, bool> _cells = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;

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
        foreach (var cell in _cells.Keys)
            cell.Check();
    }
}
