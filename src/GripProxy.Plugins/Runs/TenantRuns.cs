using System.Threading.Channels;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Runs;

/// <summary>
/// The long runs of a tenant (PLG-42): a few at a time, in a cell of their own, so that they delay nothing else. They are stored, so that after a crash, a
/// restart, another version or the loss of a node they begin again with what they left. One loop begins them. Guarded by its own lock. Owned by the tenant's runtime.
/// </summary>
internal sealed partial class TenantRuns : IAsyncDisposable
{
    /// <summary>What the names of their functions begin with.</summary>
    public const string Prefix = "runs.";

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    // Timers go by a coarser clock than the moments that are stored, and are up to some milliseconds early by these: too early a look would be the last one.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();

    // Held by who says what the cell is to have; before the other one.
    private readonly Lock _applying = new();
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RunsUnderWay _under;
    private readonly RunWork _work;
    private readonly HashSet<int> _users = [];
    private readonly HashSet<Task> _tasks = [];
    private readonly RunParts _parts;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Tenant _tenant;
    private Task _looking = Task.CompletedTask;
    private volatile bool _stopping;

    /// <summary>Nothing runs yet.</summary>
    public TenantRuns(Tenant tenant, RunParts parts, ILogger<TenantRuns> logger)
    {
        _tenant = tenant;
        _parts = parts;
        _logger = logger;
        _under = new RunsUnderWay(parts.Store, parts.Time);
        _work = new RunWork(tenant.Name, parts, _under, Load, () => _stopping, logger);
        _timer = parts.Time.CreateTimer(static self => ((TenantRuns)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The cell that they have.</summary>
    public CellKeeper Keeper => _parts.Cells;

    /// <summary>Begins, with what was not over when the process ended.</summary>
    public void Start()
    {
        _parts.Main.Changed += Look;
        _parts.Cells.StateChanged += _ => Look();
        _looking = LookAsync();
        if (_parts.Store.IsShared)
            _timer.Change(Often, Often);
        Look();
    }

    /// <summary>There may be something to begin or to end. Returns at once.</summary>
    public void Look() => _wakes.Writer.TryWrite(true);

    /// <summary>Takes the tenant as it is wanted now. Runs of what is switched off or replaced are told to end, and begin again when they can.</summary>
    public void Apply(Tenant next)
    {
        lock (_gate)
            _tenant = next;
        InterruptChanged();
        Load();
        Look();
    }

    /// <summary>Asks for a run.</summary>
    /// <returns>The run, or null: as many wait as may.</returns>
    /// <exception cref="StateUnavailableException">It cannot be stored.</exception>
    public async Task<RunRecord?> AddAsync(int install, string name, ReadOnlyMemory<byte> payload)
    {
        var run = await _parts.Store.AddAsync(new RunRecord { Tenant = _tenant.Number, Install = install, Name = name, Payload = payload, Created = _parts.Time.GetUtcNow() });
        Look();
        return run;
    }

    /// <summary>Whether a plugin has a run of this name, or null: it has never been loaded.</summary>
    public bool? Offers(int install, string name) =>
        _parts.Main.Plugins.FirstOrDefault(plugin => plugin.Install.Number == install)?.Capabilities?.Runs.Contains(name, StringComparer.Ordinal);

    /// <summary>The same, once the plugin has been loaded where it may be.</summary>
    public async Task<bool?> OffersAsync(int install, string name)
    {
        try
        {
            if (Offers(install, name) is null && _parts.Main.Plugins.Any(plugin => plugin.MayRun && plugin.Install.Number == install))
                await _parts.Main.LoadAsync();
        }
        catch (WorkerEndedException)
        {
            // Then it shows when it is to run.
        }

        return Offers(install, name);
    }

    /// <summary>A run as it is now, or null.</summary>
    /// <exception cref="StateUnavailableException">It cannot be read.</exception>
    public async Task<RunRecord?> FindAsync(long id) => _under.Find(id)?.Record ?? await _parts.Store.FindAsync(_tenant.Number, id);

    /// <summary>Runs as they are now, the newest first.</summary>
    /// <param name="install">Number of the install, or null for all.</param>
    /// <param name="state">Only in this state, or null for all.</param>
    /// <param name="before">Only those before this number, or null: from the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="StateUnavailableException">They cannot be read.</exception>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int? install, RunState? state, long? before, int limit) =>
        [.. (await _parts.Store.ListAsync(_tenant.Number, install, state, before, limit)).Select(run => _under.Find(run.Id)?.Record ?? run)];

    /// <summary>Ends a run: at once if it waits; else it is told, and is not waited for longer than a call may take.</summary>
    /// <returns>The run as it is now, or null: there is none.</returns>
    /// <exception cref="StateUnavailableException">It cannot be stored.</exception>
    public async Task<RunRecord?> CancelAsync(long id)
    {
        if (await _parts.Store.CancelAsync(_tenant.Number, id))
            Look();
        return await FindAsync(id);
    }

    /// <summary>A run tells how far it is.</summary>
    /// <returns>False if there is none of this install here.</returns>
    /// <exception cref="StateUnavailableException">It cannot be stored.</exception>
    public Task<bool> NoteAsync(int install, long id, Func<RunRecord, RunRecord> change, bool store) => _under.NoteAsync(install, id, change, store);

    /// <summary>Tells what is under way to end and waits a little; it begins again with the next start, or on another node.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_gate)
            _stopping = true;
        _wakes.Writer.TryComplete();
        await _timer.DisposeAsync();
        await _looking;
        foreach (var run in _under.All)
            Interrupt(run);
        lock (_gate)
            tasks = [.. _tasks];
        await Task.WhenAny(Task.WhenAll(tasks), Task.Delay(Farewell, _parts.Time));
        await _parts.Cells.DisposeAsync();
        await Task.WhenAll(tasks);
    }

    private static Install? FindInstall(Tenant tenant, int number) => tenant.Installs.FirstOrDefault(install => install.Number == number);

    // Plugins without runs are not loaded.
    private void Load()
    {
        lock (_applying)
        {
            Tenant users;
            lock (_gate)
                users = _tenant with { Installs = [.. _tenant.Installs.Where(install => _users.Contains(install.Number))] };
            _parts.Cells.Apply(users);
        }
    }

    private async Task LookAsync()
    {
        while (await _wakes.Reader.WaitToReadAsync())
        {
            _wakes.Reader.TryRead(out _);
            try
            {
                await LookOnceAsync();
            }
            catch (StateUnavailableException e)
            {
                Log.NotSeen(_logger, _tenant.Name, e.Message);
                // A store that several nodes share is looked at again anyway.
                if (!_parts.Store.IsShared)
                    _ = LookAfterAsync(Often);
            }
            catch (Exception e)
            {
                // Without this loop nothing would begin any more.
                Log.NotLooked(_logger, e, _tenant.Name);
            }
        }
    }

    private async Task LookOnceAsync()
    {
        foreach (var lost in _under.Lose())
        {
            Log.Lost(_logger, _tenant.Name, lost.Record.Id, lost.Record.Name);
            _work.Tell(lost, _parts.Grace);
        }

        await _under.StoreAsync();
        if (_under.Count > 0)
        {
            foreach (var id in await _parts.Store.CancelledAsync(_tenant.Number))
            {
                if (_under.Cancel(id) is { } run)
                    _work.Tell(run, _parts.Grace);
            }
        }

        while (await BeginAsync())
        {
            // There may be another one.
        }
    }

    // False: there is nothing to begin.
    private async Task<bool> BeginAsync()
    {
        Tenant tenant;
        lock (_gate)
        {
            if (_stopping)
                return false;
            tenant = _tenant;
        }

        var known = tenant.Installs.Select(static install => install.Number).ToList();
        var ready = _parts.Main.Plugins.Where(plugin => plugin.MayRun && known.Contains(plugin.Install.Number)).Select(static plugin => plugin.Install.Number).ToList();
        if (await _parts.Store.BeginAsync(tenant.Number, ready, known) is not { } record)
            return false;
        if (FindInstall(tenant, record.Install) is not { } install)
        {
            var gone = record with { State = RunState.Failed, Error = "the plugin is not installed any more", Ended = _parts.Time.GetUtcNow() };
            // Beside this loop: a place that is not left is lost for every other run.
            lock (_gate)
                Watch(Task.Run(() => _work.LeaveAsync(gone)));
            return true;
        }

        var run = new OpenRun(record, install);
        _under.Add(run);
        lock (_gate)
        {
            _users.Add(install.Number);
            Watch(Task.Run(() => RunAsync(run)));
        }

        // It may have changed meanwhile.
        InterruptChanged();
        return true;
    }

    // Under the lock.
    private void Watch(Task running)
    {
        _tasks.Add(running);
        _ = ForgetAsync(running);
    }

    private async Task RunAsync(OpenRun run)
    {
        // Where others begin runs too it is looked at now and then anyway.
        if (await _work.RunAsync(run) is { } delay && !_parts.Store.IsShared)
            _ = LookAfterAsync(delay);
    }

    private async Task ForgetAsync(Task running)
    {
        await running;
        lock (_gate)
            _tasks.Remove(running);
        Look();
    }

    private void InterruptChanged()
    {
        Tenant tenant;
        lock (_gate)
            tenant = _tenant;
        foreach (var run in _under.All)
        {
            if (FindInstall(tenant, run.Record.Install) is not { Enabled: true } now || !now.IsSameCopyAs(run.With))
                Interrupt(run);
        }
    }

    private void Interrupt(OpenRun run)
    {
        if (_under.Interrupt(run))
            _work.Tell(run, _stopping ? Farewell : _parts.Grace);
    }

    private async Task LookAfterAsync(TimeSpan delay)
    {
        await Task.Delay(delay + Slack, _parts.Time);
        Look();
    }
}
