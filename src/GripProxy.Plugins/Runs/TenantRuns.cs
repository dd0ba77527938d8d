using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Runs;

/// <summary>
/// The long runs of a tenant (PLG-42): a few at a time, in a cell of their own, so that they delay nothing else. They are stored, so that after a crash, a
/// restart or another version they begin again with what they left. Guarded by its own lock. Owned by the tenant's runtime.
/// </summary>
internal sealed partial class TenantRuns : IAsyncDisposable
{
    /// <summary>What the names of their functions begin with.</summary>
    public const string Prefix = "runs.";

    private const int AtATime = 4;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Held by who says what the cell is to have; before the other one.
    private readonly Lock _applying = new();
    private readonly RunBook _book;
    private readonly HashSet<int> _users = [];
    private readonly HashSet<Task> _under = [];
    private readonly RunParts _parts;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Tenant _tenant;
    private bool _started;
    private bool _stopping;

    /// <summary>Nothing runs yet.</summary>
    public TenantRuns(Tenant tenant, RunParts parts, ILogger<TenantRuns> logger)
    {
        _tenant = tenant;
        _parts = parts;
        _logger = logger;
        _book = new RunBook(parts.Database, tenant, parts.Time, logger);
        _timer = parts.Time.CreateTimer(static self => ((TenantRuns)self!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins, with what was not over when the process ended.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _book.Open();
            _started = true;
        }

        _parts.Main.Changed += Pump;
        _parts.Cells.StateChanged += _ => Pump();
        Pump();
    }

    /// <summary>Takes the tenant as it is wanted now. Runs of what is switched off or replaced are told to end, and begin again when they can.</summary>
    public void Apply(Tenant next)
    {
        lock (_gate)
        {
            _tenant = next;
            foreach (var run in _book.Under.Where(static run => !run.IsInterrupted))
            {
                if (next.Installs.FirstOrDefault(install => install.Number == run.With!.Number) is not { Enabled: true } now || !now.IsSameCopyAs(run.With!)) // Filtered.
                    Interrupt(run);
            }
        }

        Load();
        Pump();
    }

    /// <summary>Asks for a run.</summary>
    /// <returns>The run, or null: as many wait as may.</returns>
    /// <exception cref="SqliteException">It cannot be stored.</exception>
    public RunRecord? Add(int install, string name, ReadOnlyMemory<byte> payload)
    {
        RunRecord? run;
        lock (_gate)
            run = _book.Add(install, name, payload);
        Pump();
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

    /// <summary>The cell that they have.</summary>
    public CellKeeper Keeper => _parts.Cells;

    /// <summary>A run as it is now, or null.</summary>
    public RunRecord? Find(long id)
    {
        lock (_gate)
            return _book.Find(id);
    }

    /// <summary>Runs as they are now, the newest first.</summary>
    /// <param name="install">Number of the install, or null for all.</param>
    /// <param name="state">Only in this state, or null for all.</param>
    /// <param name="before">Only those before this number, or null: from the newest.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<RunRecord> List(int? install, RunState? state, long? before, int limit)
    {
        lock (_gate)
            return _book.List(install, state, before, limit);
    }

    /// <summary>Ends a run: at once if it waits; else it is told, and is not waited for longer than a call may take.</summary>
    /// <returns>The run as it is now, or null: there is none.</returns>
    public RunRecord? Cancel(long id)
    {
        lock (_gate)
        {
            if (_book.FindOpen(id) is { IsCancelled: false } run)
            {
                run.IsCancelled = true;
                if (run.With is null)
                    _book.End(run, run.Record with { State = RunState.Cancelled });
                else
                    Tell(run);
            }
        }

        return Find(id);
    }

    /// <summary>A run tells how far it is.</summary>
    /// <returns>False if there is none of this install.</returns>
    /// <exception cref="SqliteException">It cannot be stored.</exception>
    public bool Note(int install, long id, Func<RunRecord, RunRecord> change, bool store)
    {
        lock (_gate)
        {
            if (_book.FindOpen(id) is not { With: not null } run || run.Record.Install != install)
                return false;
            _book.Note(run, change(run.Record), store);
            return true;
        }
    }

    /// <summary>Tells what is under way to end and waits a little; it begins again with the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] under;
        lock (_gate)
        {
            _stopping = true;
            foreach (var run in _book.Under)
                Interrupt(run);
            under = [.. _under];
        }

        await _timer.DisposeAsync();
        await Task.WhenAny(Task.WhenAll(under), Task.Delay(Farewell, _parts.Time));
        await _parts.Cells.DisposeAsync();
        await Task.WhenAll(under);
    }

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

    // Begins what may begin.
    private void Pump()
    {
        lock (_gate)
        {
            if (!_started || _stopping)
                return;
            var now = _parts.Time.GetUtcNow();
            foreach (var run in _book.Waiting)
            {
                if (_tenant.Installs.FirstOrDefault(install => install.Number == run.Record.Install) is not { } install)
                    _book.End(run, run.Record with { State = RunState.Failed, Error = "the plugin is not installed any more" });
                else if (_under.Count >= AtATime)
                    return;
                else if (run.NotBefore > now)
                    _timer.Change(run.NotBefore - now, Timeout.InfiniteTimeSpan);
                else if (_parts.Main.Plugins.Any(plugin => plugin.MayRun && plugin.Install.Number == install.Number))
                    Begin(run, install);
            }
        }
    }

    // Under the lock.
    private void Begin(OpenRun run, Install install)
    {
        _book.Begin(run, install);
        _users.Add(install.Number);
        var running = Task.Run(() => RunAsync(run));
        _under.Add(running);
        _ = ForgetAsync(running);
    }

    private async Task ForgetAsync(Task running)
    {
        await running;
        lock (_gate)
            _under.Remove(running);
        Pump();
    }

    private async Task RunAsync(OpenRun run)
    {
        try
        {
            Load();
            await _parts.Calls.LoadAsync();
            // The version before serves on until the new one is ready.
            if (StatusOf(run) is { } status)
                await Task.WhenAny(status.Settled, run.GivenUp.Task, Task.Delay(_parts.Grace, _parts.Time));
            var calling = _parts.Calls.CallAsync(run.Record.Install, Prefix + run.Record.Name, new CallTurn(0, Limit: _parts.Limit), run.Record.Payload, Describe(run.Record));
            if (await Task.WhenAny(calling, run.GivenUp.Task) == calling)
                Settle(run, RunVerdict.Of(run, await calling, StatusOf(run)));
            else
                Settle(run, RunVerdict.OfDeaf(run));
        }
        catch (WorkerEndedException e)
        {
            var verdict = RunVerdict.Of(run, e);
            if (verdict.Record.Crashes > run.Record.Crashes)
                Log.CellEnded(_logger, _tenant.Name, run.Record.Id, run.Record.Name, e.End);
            Settle(run, verdict);
        }
        catch (OperationCanceledException)
        {
            // Stopping: it is stored.
            Settle(run, RunVerdict.Later(run));
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, _tenant.Name, run.Record.Id);
            Settle(run, RunVerdict.Later(run));
        }
    }

    private void Settle(OpenRun run, RunVerdict verdict)
    {
        lock (_gate)
        {
            if (verdict.Again is { } delay)
                _book.Again(run, verdict.Record, delay);
            else
                _book.End(run, verdict.Record);
        }
    }

    private InstallStatus? StatusOf(OpenRun run) => _parts.Cells.Installs.FirstOrDefault(status => status.Install.Number == run.Record.Install);

    // Under the lock.
    private void Interrupt(OpenRun run)
    {
        run.IsInterrupted = true;
        Tell(run);
    }

    private void Tell(OpenRun run) => _ = TellAsync(run.Record.Id, run.GivenUp, _stopping ? Farewell : _parts.Grace);

    // Again and again: it may not have reached the cell yet.
    private async Task TellAsync(long id, TaskCompletionSource givenUp, TimeSpan grace)
    {
        var since = _parts.Time.GetTimestamp();
        while (!givenUp.Task.IsCompleted && _parts.Time.GetElapsedTime(since) is var waited && waited < grace)
        {
            _parts.Cells.Running?.Cell.CancelRun(id);
            await Task.WhenAny(Task.Delay(TimeSpan.FromTicks(Math.Min(Often.Ticks, (grace - waited).Ticks)), _parts.Time), givenUp.Task);
        }

        givenUp.TrySetResult();
    }

    private static ReadOnlyMemory<byte> Describe(RunRecord run)
    {
        var about = new JsonObject { ["id"] = run.Id };
        if (run.Last.Length > 0)
            about["last"] = JsonNode.Parse(run.Last.Span);
        return System.Text.Encoding.UTF8.GetBytes(about.ToJsonString());
    }
}
