using System.Collections.Concurrent;
using System.Text.Json;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// A tenant's installs and the cells they run in: what is wanted of them, what has become of them, and their use (plugins.md §5, §6). Thread-safe. Owned by
/// the tenant's part of the plugin host.
/// </summary>
internal sealed partial class CellKeeper : ICellHost, IAsyncDisposable
{
    private static readonly string[] PostMethods = ["onEvent", "onSnapshot", "exportEvents", "composeWebhook", "onEventWithPostHogEvent"];

    // All that were ever here: one that has gone may still say goodbye.
    private readonly ConcurrentDictionary<int, InstallStatus> _known = new();
    private readonly string _tenant;
    private readonly CellParts _parts;
    private readonly PluginLog _log;
    private readonly InstallLoader _loader;
    private readonly CellFilling _filling;
    private readonly CopyRetirement _retirement;
    private readonly HostServices _services;
    private readonly CellSlots _slots;
    private readonly CellReplicas _replicas;
    private readonly ILogger _logger;
    private volatile IReadOnlyList<InstallStatus> _installs = [];

    /// <summary>Knows the tenant's installs; nothing runs yet.</summary>
    public CellKeeper(Tenant tenant, CellParts parts, HostServices services, ILogger<CellKeeper> logger)
    {
        _tenant = tenant.Name;
        _parts = parts;
        _logger = logger;
        Calls = new CallMeter(tenant.Name, parts.Instruments, parts.Use);
        _services = services;
        _log = new PluginLog(tenant, parts.Limits, parts.Time, logger, parts.Logs);
        _loader = new InstallLoader(tenant.Name, tenant.Number, parts, this, status => _slots?.Serves(status) == true, logger);
        _retirement = new CopyRetirement(parts, logger);
        _slots = new CellSlots(tenant.Name + parts.Role, parts, this, (slot, running) => _filling!.LoadAllAsync(slot, running), _retirement, logger); // It is there before a cell is.
        _replicas = new CellReplicas(tenant.Name, _slots, parts, logger);
        var change = new InstallSwitch(_loader, _retirement, _replicas.IsLast, Strike, parts.Time, _slots.Stopping);
        _filling = new CellFilling(tenant.Name, _slots, change, () => _installs, parts, logger);
        Apply(tenant);
    }

    /// <summary>The installs and what has become of them.</summary>
    public IReadOnlyCollection<InstallStatus> Installs => _installs;

    /// <summary>Told of each change of an install's state; returns at once.</summary>
    public Action<InstallStatus> StateChanged { get; set; } = static _ => { };

    /// <summary>Awaited before a copy is told that it ends, while it can be called still.</summary>
    public Func<RunningCell, LiveCopy, CancellationToken, Task> Leaving
    {
        get => _retirement.Leaving;
        set => _retirement.Leaving = value;
    }

    /// <summary>False if no install could have a place in the chain: then events need no cell.</summary>
    public bool HasWork => _installs.Any(status => status.MayRun);

    /// <summary>The clock.</summary>
    public TimeProvider Time => _parts.Time;

    /// <summary>Counts the calls of the installs.</summary>
    public CallMeter Calls { get; }

    /// <summary>A cell, or null if none runs.</summary>
    public RunningCell? Running => _slots.Running is [var first, ..] ? first : null;

    /// <summary>True if an install is loaded in a cell that runs.</summary>
    public bool IsLoaded(InstallStatus status) => status.MayRun && _slots.Running.Any(running => running.Find(status) is not null);

    /// <summary>Its processes, as far as they were wanted.</summary>
    public IReadOnlyList<CellSlot> Slots => _slots.All;

    /// <summary>How many cells share the events (plugins.md §5.6).</summary>
    public int Replicas => _slots.Replicas;

    /// <summary>True once it ends.</summary>
    public bool IsStopping => _slots.Stopping.IsCancellationRequested;

    /// <summary>Stands behind the tenant's name in what is said of its cells.</summary>
    public string Role => _parts.Role;

    /// <summary>Compiles what is enabled, so that errors are told at once and the first event waits less. No cell is started.</summary>
    public async Task PrepareAsync()
    {
        foreach (var status in _installs.Where(status => status.MayRun))
        {
            var wish = status.Wish;
            if (await _parts.Compiler.CompileAsync(status.Install.Package) is { Problem: { } problem })
                _loader.Fail(status, wish, InstallState.Incompatible, new PluginError("CompileError", problem.ToString(), ""));
        }
    }

    /// <summary>Takes the tenant as it is wanted now. What differs is switched while everything else runs on (plugins.md §6.2).</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="start">False: an install that is to run now waits for the first event; true: a cell is started for it.</param>
    public void Apply(Tenant tenant, bool start = false)
    {
        List<InstallStatus> installs = [];
        List<InstallStatus> touched = [];
        foreach (var install in tenant.Installs)
        {
            if (_known.TryGetValue(install.Number, out var status))
            {
                if (status.Want(install))
                    touched.Add(status);
            }
            else
            {
                status = _known[install.Number] = new InstallStatus(install, _parts.Supervision, _parts.Time, Tell);
                touched.Add(status);
            }

            installs.Add(status);
        }

        touched.AddRange(_installs.Except(installs).Where(gone => gone.Want(gone.Install with { Enabled = false })));
        _installs = [.. installs.OrderBy(status => status.Install.Order).ThenBy(status => status.Install.Number)];
        foreach (var running in _slots.Running)
            running.Sort();
        _filling.Settle(touched, start);
    }

    /// <summary>An install begins anew: what failed or was switched off is tried, what runs is loaded again from the beginning.</summary>
    public void Reset(InstallStatus status)
    {
        status.Begin();
        _filling.Settle([status], start: true, anew: true);
    }

    /// <summary>Puts new cells in the place of the running ones, which are drained (plugins.md §6.5).</summary>
    /// <exception cref="WorkerEndedException">One did not come up; the old one goes on.</exception>
    public Task RestartAsync() => Task.WhenAll(_slots.All.Select(static slot => slot.ReplaceAsync()));

    /// <summary>The first of the running cells, which are started if there are none. Installs that take long to start are not waited for.</summary>
    /// <exception cref="WorkerEndedException">One did not start, or the keeper has stopped.</exception>
    public async Task<RunningCell> GetAsync() => (await GetAllAsync())[0];

    /// <summary>Makes the cells that share the events more or fewer.</summary>
    /// <returns>False if a new one did not come up: there are as many as before.</returns>
    /// <exception cref="OperationCanceledException">The keeper has stopped.</exception>
    public Task<bool> ResizeAsync(int replicas) => _replicas.ResizeAsync(replicas);

    /// <summary>The running cells, which are started if need be. Installs that take long to start are not waited for.</summary>
    /// <param name="of">Whose; null: of all that may run. Where the installs share a cell, it is always that one.</param>
    /// <param name="replica">Which of the cells that share the events; the first stands in for one that has gone.</param>
    /// <exception cref="WorkerEndedException">One did not start, or the keeper has stopped.</exception>
    public async Task<IReadOnlyList<RunningCell>> GetAllAsync(Func<InstallStatus, bool>? of = null, int replica = 0)
    {
        replica = replica < _slots.Replicas ? replica : 0;
        var slots = _slots.Of(_installs.Where(status => status.MayRun && of?.Invoke(status) != false), replica);
        var running = await Task.WhenAll(slots.Select(_replicas.UsableAsync));
        var starting = _installs.Where(status => status.StartWait > TimeSpan.Zero && slots.Contains(_slots.Of(status, replica))).ToList();
        if (starting.Count > 0)
        {
            var longest = starting.Max(status => status.StartWait);
            await Task.WhenAny(Task.WhenAll(starting.Select(status => status.Settled)), Task.Delay(longest, _parts.Time, _slots.Stopping));
        }

        return running;
    }

    /// <summary>Begins to use copies: they stay, whatever is switched meanwhile. Cells are started if need be.</summary>
    /// <param name="wanted">Which copies.</param>
    /// <param name="of">Whose cells are needed; null: of all that may run.</param>
    /// <param name="replica">Which of the cells that share the events; null: the one that has the least to do.</param>
    /// <exception cref="WorkerEndedException">One did not start, or the keeper has stopped.</exception>
    public async Task<CellLease> EnterAsync(Func<LiveCopy, bool> wanted, Func<InstallStatus, bool>? of = null, int? replica = null)
    {
        while (true)
        {
            // Another cell may have taken the place of one while plugins were waited for.
            if (CellLease.TryEnter(await GetAllAsync(of, replica ?? _replicas.LeastBusy()), wanted) is { } lease)
                return lease;
        }
    }

    /// <summary>How long the next batch of a replica is to wait, because a cell took more of the processor than its share; zero: not at all.</summary>
    public TimeSpan PauseOf(int replica) => _replicas.PauseOf(replica);

    /// <summary>Begins to use the chain.</summary>
    /// <param name="replica">Which of the cells that share the events.</param>
    /// <exception cref="WorkerEndedException">No cell started, or the keeper has stopped.</exception>
    public async Task<CellLease> EnterChainAsync(int replica = 0)
    {
        var lease = await EnterAsync(static copy => copy.Capabilities.Processes, static status => status.Capabilities?.Processes != false, replica);
        lease.PassedBy = [.. _installs.Where(status => status.MayRun && PassesBy(status, lease))];
        return lease;
    }

    /// <summary>Counts a fault of an install; one too many switches it off.</summary>
    public void Strike(InstallStatus status, PluginError error)
    {
        if (!status.Strike(error))
            return;
        Log.Tripped(_logger, _tenant, status.Install.Name, error.Message);
        foreach (var running in _slots.EachOf(status).Select(static slot => slot.Running).OfType<RunningCell>())
            _retirement.Retire(running, running.Remove(status));
        _ = _filling.TryAgainAsync(status);
    }

    /// <summary>Notes in an install's own log what it threw.</summary>
    /// <returns>The error without the values of the install's secrets.</returns>
    public PluginError Threw(InstallStatus status, PluginError error) => _log.Threw(status.Install, error);

    /// <summary>Tells the plugins that they end, and stops the cell.</summary>
    public ValueTask DisposeAsync() => _slots.DisposeAsync();

    void ICellHost.Log(int install, string level, string text) => _log.Write(_known.GetValueOrDefault(install)?.Install, level, text);

    ValueTask<HostAnswer> ICellHost.RequestAsync(int install, string operation, JsonElement arguments)
    {
        if (_known.GetValueOrDefault(install) is not { } status)
            return ValueTask.FromResult(HostAnswer.Failed("Error", "there is no such plugin"));
        status.CountRequest();
        return _services.HandleAsync(status.Install, operation, arguments);
    }

    private static bool PassesBy(InstallStatus status, CellLease lease) =>
        lease.Copies.All(copy => copy.Status != status) && (status.State == InstallState.Starting || status.Capabilities?.Processes == true || PostMethods.Any(method => status.Capabilities?.Has(method) == true));

    private void Tell(InstallStatus status)
    {
        var (level, text) = StateNote.Of(status);
        // That a plugin is also loaded for something else is no news where all is well.
        if (_parts.Role.Length == 0 || level != "info")
            _log.Note(status.Install, level, text);
        _parts.StateChanged(_tenant, status);
        StateChanged(status);
    }
}
