using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// Keeps one tenant's cell: starts it when there is work, loads and sets up its installs, starts it again when it ended, stops it when it is idle
/// (plugins.md §5.4, §5.5, §6.5). Thread-safe. Owned by the plugin host.
/// </summary>
internal sealed partial class CellKeeper : ICellHost, IAsyncDisposable
{
    // The process has a few seconds to end (CLI-05).
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, InstallStatus> _installs;
    private readonly Tenant _tenant;
    private readonly CellParts _parts;
    private readonly PluginLog _log;
    private readonly InstallLoader _loader;
    private readonly HostServices _services;
    private readonly ILogger _logger;
    private readonly RestartDelay _restart;
    private readonly ITimer _idle;
    private Task<RunningCell>? _current;
    private long _lastUse;

    /// <summary>Knows the tenant's installs; nothing runs yet.</summary>
    public CellKeeper(Tenant tenant, CellParts parts, HostServices services, ILogger<CellKeeper> logger)
    {
        _tenant = tenant;
        _parts = parts;
        _logger = logger;
        _services = services;
        _log = new PluginLog(tenant, parts.Limits, parts.Time, logger);
        _loader = new InstallLoader(tenant.Name, parts, logger, _stopping.Token);
        _restart = new RestartDelay(parts.Time);
        _installs = tenant.Installs.ToDictionary(install => install.Number, install => new InstallStatus(install, parts.Supervision, parts.Time));
        _idle = parts.Time.CreateTimer(static self => ((CellKeeper)self!).StopIfIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The installs and what has become of them.</summary>
    public IReadOnlyCollection<InstallStatus> Installs => _installs.Values;

    /// <summary>False if no install could have a place in the chain: then events need no cell.</summary>
    public bool HasWork => _installs.Values.Any(status => status.MayRun);

    /// <summary>Compiles what is enabled, so that errors are told at once and the first event waits less. No cell is started.</summary>
    public async Task PrepareAsync()
    {
        foreach (var status in _installs.Values.Where(status => status.MayRun))
        {
            if (await _parts.Compiler.CompileAsync(status.Install.Package) is { Problem: { } problem })
                _loader.Fail(status, InstallState.Incompatible, new PluginError("CompileError", problem.ToString(), ""));
        }
    }

    /// <summary>The running cell, which is started if there is none. Installs that take long to start are not waited for.</summary>
    /// <exception cref="WorkerEndedException">It did not start, or the keeper has stopped.</exception>
    public async Task<RunningCell> GetAsync()
    {
        Volatile.Write(ref _lastUse, _parts.Time.GetTimestamp());
        Task<RunningCell> starting;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                throw new WorkerEndedException(WorkerEnd.Stopped, "the plugins are stopping");
            if (_current is null || (_current.IsCompleted && (!_current.IsCompletedSuccessfully || _current.Result.Cell.Ended.IsCompleted)))
                _current = StartAsync(_restart.Next());
            starting = _current;
        }

        var running = await starting;
        if (!running.Loaded.IsCompleted)
            await Task.WhenAny(running.Loaded, Task.Delay(_parts.Supervision.StartWait, _parts.Time, _stopping.Token));
        return running;
    }

    /// <summary>Counts a fault of an install; one too many switches it off.</summary>
    public void Strike(InstallStatus status, PluginError error)
    {
        if (!status.Strike(error))
            return;
        Log.Tripped(_logger, _tenant.Name, status.Install.Name, error.Message);
        TakeOut(status);
        _ = TryAgainAsync(status);
    }

    /// <summary>Tells the plugins that they end, and stops the cell.</summary>
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
        if (current is not null)
            await StopAsync(current, Farewell);
        _stopping.Dispose();
    }

    void ICellHost.Log(int install, string level, string text) => _log.Write(_installs.GetValueOrDefault(install)?.Install, level, text);

    ValueTask<HostAnswer> ICellHost.RequestAsync(int install, string operation, JsonElement arguments)
    {
        if (_installs.GetValueOrDefault(install) is not { } status)
            return ValueTask.FromResult(HostAnswer.Failed("Error", "there is no such plugin"));
        status.CountRequest();
        return _services.HandleAsync(status.Install, operation, arguments);
    }

    private async Task<RunningCell> StartAsync(TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, _parts.Time, _stopping.Token);
        var cell = await Cell.StartAsync(_parts.Launch, _parts.Limits, this, _parts.Time);
        _parts.Watchdog.Watch(cell);
        var running = new RunningCell(cell);
        running.Loaded = LoadAllAsync(running);
        if (_parts.Supervision.Idle > TimeSpan.Zero)
            _idle.Change(_parts.Supervision.Idle, Timeout.InfiniteTimeSpan);
        Log.CellStarted(_logger, _tenant.Name, cell.Id);
        _ = LogEndAsync(cell);
        return running;
    }

    private async Task LogEndAsync(Cell cell)
    {
        var end = await cell.Ended;
        if (end.End != WorkerEnd.Stopped)
            Log.CellEnded(_logger, _tenant.Name, cell.Id, end.End, end.Message);
    }

    // One after the other, so that it is known whose modules ended the process.
    private async Task LoadAllAsync(RunningCell running)
    {
        foreach (var status in _installs.Values.Where(status => status.MayRun).OrderBy(status => status.Install.Order).ThenBy(status => status.Install.Number))
        {
            try
            {
                await _loader.LoadAsync(running, status);
            }
            catch (WorkerEndedException e)
            {
                if (e.End != WorkerEnd.Stopped)
                    Strike(status, new PluginError(e.End.ToString(), e.Message, ""));
                return;
            }
        }
    }

    private void TakeOut(InstallStatus status)
    {
        if (Running() is not { } running)
            return;
        foreach (var copy in running.Remove(status))
            running.Cell.Unload(copy.Copy);
    }

    private async Task TryAgainAsync(InstallStatus status)
    {
        try
        {
            await Task.Delay(_parts.Supervision.Trip, _parts.Time, _stopping.Token);
            status.Become(InstallState.Starting);
            if (Running() is { } running)
                await _loader.LoadAsync(running, status);
        }
        catch (WorkerEndedException e) when (e.End != WorkerEnd.Stopped)
        {
            Strike(status, new PluginError(e.End.ToString(), e.Message, ""));
        }
        catch (Exception e) when (e is OperationCanceledException or WorkerEndedException)
        {
            // The keeper stops.
        }
    }

    private RunningCell? Running()
    {
        lock (_gate)
            return _current is { IsCompletedSuccessfully: true } started && !started.Result.Cell.Ended.IsCompleted ? started.Result : null;
    }

    private void StopIfIdle()
    {
        var since = _parts.Time.GetElapsedTime(Volatile.Read(ref _lastUse));
        Task<RunningCell>? current;
        lock (_gate)
        {
            if (Running() is not { } running)
                return;
            if (since < _parts.Supervision.Idle || running.Cell.Outstanding > 0 || !running.Loaded.IsCompleted)
            {
                _idle.Change(since < _parts.Supervision.Idle ? _parts.Supervision.Idle - since : _parts.Supervision.Idle, Timeout.InfiniteTimeSpan);
                return;
            }

            current = _current;
            _current = null;
            _restart.Reset();
        }

        _ = StopAsync(current!, _parts.Limits.Call); // There was a running one.
    }

    private async Task StopAsync(Task<RunningCell> current, TimeSpan grace)
    {
        RunningCell running;
        try
        {
            running = await current;
        }
        catch (Exception e) when (e is WorkerEndedException or OperationCanceledException)
        {
            return;
        }

        try
        {
            await Task.WhenAll(running.Copies.Where(copy => copy.Capabilities.Has("teardownPlugin")).Select(copy => running.Cell.CallAsync(copy.Copy, "teardownPlugin")))
                .WaitAsync(grace, _parts.Time);
        }
        catch (Exception e) when (e is WorkerEndedException or TimeoutException)
        {
            // It ended by itself, or does not want to.
        }

        await running.Cell.DisposeAsync();
        Log.CellStopped(_logger, _tenant.Name, running.Cell.Id);
    }
}
