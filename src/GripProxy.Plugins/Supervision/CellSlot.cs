using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// The process of one tenant, or of one of its installs: started when somebody wants it, started again when it ended, stopped when it is idle, replaced on demand (plugins.md §5.4,
/// §5.5, §6.5). What is loaded into it is the keeper's. Thread-safe. Owned by a keeper.
/// </summary>
internal sealed partial class CellSlot : IAsyncDisposable
{
    // The process has a few seconds to end (CLI-05).
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _replacing = new(1);
    private readonly string _tenant;
    private readonly CellParts _parts;
    private readonly ICellHost _host;
    private readonly Func<RunningCell, Task> _load;
    private readonly CopyRetirement _retirement;
    private readonly ILogger _logger;
    private readonly RestartDelay _restart;
    private readonly ITimer _idle;
    private Task<RunningCell>? _current;
    private long _lastUse;
    private int _restarts;

    /// <summary>Nothing runs yet.</summary>
    /// <param name="tenant">Name of the tenant.</param>
    /// <param name="parts">What cells are started with.</param>
    /// <param name="host">Answers the cells.</param>
    /// <param name="load">Loads what belongs into a cell; never fails.</param>
    /// <param name="retirement">Says goodbye to what was loaded.</param>
    /// <param name="logger">The log.</param>
    public CellSlot(string tenant, CellParts parts, ICellHost host, Func<RunningCell, Task> load, CopyRetirement retirement, ILogger logger)
    {
        _tenant = tenant;
        _parts = parts;
        _host = host;
        _load = load;
        _retirement = retirement;
        _logger = logger;
        _restart = new RestartDelay(parts.Time);
        _idle = parts.Time.CreateTimer(static self => ((CellSlot)self!).StopIfIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The install whose it is alone, or null: it is for all of the tenant.</summary>
    public InstallStatus? Only { get; init; }

    /// <summary>Which of those that share the events it is, from 0: that one leads.</summary>
    public int Replica { get; init; }

    /// <summary>Cancelled when the slot ends.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Processes that ended by themselves or were killed.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>The running cell, or null.</summary>
    public RunningCell? Running
    {
        get
        {
            lock (_gate)
                return IsAlive(_current) ? _current!.Result : null; // Completed.
        }
    }

    /// <summary>The running cell, which is started if there is none.</summary>
    /// <exception cref="WorkerEndedException">It did not start, or the slot has ended.</exception>
    public Task<RunningCell> GetAsync()
    {
        Volatile.Write(ref _lastUse, _parts.Time.GetTimestamp());
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                throw new WorkerEndedException(WorkerEnd.Stopped, "the plugins are stopping");
            if (_current is null || (_current.IsCompleted && !IsAlive(_current)))
                _current = StartAsync(_restart.Next(), WasGreedy(_current));
            return _current;
        }
    }

    /// <summary>Puts a new process in the place of the running one: loaded first, then switched, then the old one drained (plugins.md §6.5).</summary>
    /// <exception cref="WorkerEndedException">The new one did not start; the old one goes on.</exception>
    public async Task ReplaceAsync()
    {
        await _replacing.WaitAsync(Stopping);
        try
        {
            if (Running is not { } old)
                return;
            var starting = StartAsync(TimeSpan.Zero, inBackground: false, anew: true);
            var next = await starting;
            await next.Loaded;
            if (old.Copies.FirstOrDefault(copy => copy.Status.MayRun && next.Find(copy.Status) is null) is { } missing)
            {
                await StopAsync(next, _parts.Limits.Call);
                throw new WorkerEndedException(WorkerEnd.NotStarted, $"plugin {missing.Install.Name} did not come up in the new cell; the old one goes on");
            }

            lock (_gate)
                _current = starting;
            await StopAsync(old, _parts.Limits.Call);
        }
        finally
        {
            _replacing.Release();
        }
    }

    /// <summary>Stops a process into which nothing is loaded any more, or does nothing.</summary>
    public async Task StopEmptyAsync()
    {
        RunningCell? running;
        lock (_gate)
        {
            running = Running;
            if (running is null || running.Copies.Count > 0 || !running.Loaded.IsCompleted)
                return;
            _current = null;
            _restart.Reset();
        }

        await StopAsync(running, _parts.Limits.Call);
    }

    /// <summary>Drains the process and stops it, until somebody wants it again.</summary>
    public async Task StopAsync()
    {
        Task<RunningCell>? current;
        lock (_gate)
        {
            current = _current;
            _current = null;
            _restart.Reset();
        }

        if (current is not null && await StartedAsync(current) is { } running)
            await StopAsync(running, _parts.Limits.Call);
    }

    /// <summary>Tells the plugins that they end, and stops the process.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<RunningCell>? current;
        lock (_gate)
        {
            current = _current;
            _current = null;
            _stopping.Cancel();
        }

        await _idle.DisposeAsync();
        if (current is not null && await StartedAsync(current) is { } running)
            await StopAsync(running, Farewell);
        _stopping.Dispose();
        _replacing.Dispose();
    }

    private static bool IsAlive(Task<RunningCell>? cell) => cell is { IsCompletedSuccessfully: true } && !cell.Result.Cell.Ended.IsCompleted;

    // Who follows one that ended so does the same, most likely, and others shall not notice how often (plugins.md §1).
    private static bool WasGreedy(Task<RunningCell>? cell) => cell is { IsCompletedSuccessfully: true }
        && cell.Result.Cell.Ended is { IsCompletedSuccessfully: true } ended
        && ended.Result.End is WorkerEnd.HeapFull or WorkerEnd.MemoryExceeded or WorkerEnd.ThreadsExceeded or WorkerEnd.Hung or WorkerEnd.BadFrame;

    private static async Task<RunningCell?> StartedAsync(Task<RunningCell> starting)
    {
        try
        {
            return await starting;
        }
        catch (Exception e) when (e is WorkerEndedException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<RunningCell> StartAsync(TimeSpan delay, bool inBackground, bool anew = false)
    {
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, _parts.Time, _stopping.Token);
        var cell = _parts.Shared is { } shared ? await shared.EnterAsync(host => StartCellAsync(host, inBackground), anew) : await StartCellAsync(_host, inBackground);
        var running = new RunningCell(cell);
        running.Loaded = _load(running);
        if (_parts.Supervision.Idle > TimeSpan.Zero)
            _idle.Change(_parts.Supervision.Idle, Timeout.InfiniteTimeSpan);
        Log.CellStarted(_logger, _tenant, cell.Id);
        _ = LogEndAsync(cell);
        return running;
    }

    private async Task<Cell> StartCellAsync(ICellHost host, bool inBackground)
    {
        var cell = await Cell.StartAsync(_parts.Launch, _parts.Limits, host, _parts.Time, inBackground);
        _parts.Watchdog.Watch(cell);
        return cell;
    }

    private async Task LogEndAsync(Cell cell)
    {
        var end = await cell.Ended;
        if (end.End == WorkerEnd.Stopped)
            return;
        Interlocked.Increment(ref _restarts);
        _parts.Instruments?.Restarted(end.End);
        Log.CellEnded(_logger, _tenant, cell.Id, end.End, end.Message);
    }

    private void StopIfIdle()
    {
        RunningCell? running;
        lock (_gate)
        {
            running = Running;
            if (running is null)
                return;
            var since = _parts.Time.GetElapsedTime(Volatile.Read(ref _lastUse));
            if (since < _parts.Supervision.Idle || running.Cell.Outstanding > 0 || !running.Loaded.IsCompleted)
            {
                _idle.Change(since < _parts.Supervision.Idle ? _parts.Supervision.Idle - since : _parts.Supervision.Idle, Timeout.InfiniteTimeSpan);
                return;
            }

            _current = null;
            _restart.Reset();
        }

        _ = StopAsync(running, _parts.Limits.Call);
    }

    // Calls under way end first; then the plugins are told, all at a time.
    private async Task StopAsync(RunningCell running, TimeSpan grace)
    {
        await _retirement.RetireAllAsync(running, grace);
        await (_parts.Shared?.LeaveAsync(running.Cell) ?? running.Cell.DisposeAsync());
        running.Dispose();
        Log.CellStopped(_logger, _tenant, running.Cell.Id);
    }
}
