using GripProxy.Plugins.State;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Runs;

/// <summary>
/// The runs of a node that is alone. What is under way is known in memory: what the file says to be is of a process that has ended, and waits again. Thread-safe,
/// guarded by its lock. Owned by the running plugins.
/// </summary>
/// <param name="database">The file, which it disposes of.</param>
/// <param name="time">The clock.</param>
internal sealed class SqliteRunStore(RunDatabase database, TimeProvider time) : IRunStore
{
    private readonly Lock _gate = new();
    private readonly HashSet<(int Tenant, long Id)> _under = [];
    private readonly HashSet<(int Tenant, long Id)> _cancelled = [];
    private readonly Dictionary<(int Tenant, long Id), DateTimeOffset> _later = [];

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public Task<RunRecord?> AddAsync(RunRecord run) => Do(() =>
    {
        var (count, bytes) = database.CountOpen(run.Tenant);
        return count >= IRunStore.MostOpen || bytes + run.Payload.Length > IRunStore.MostBytes ? null : database.Add(run);
    });

    /// <inheritdoc/>
    public Task<RunRecord?> FindAsync(int tenant, long id) => Do(() => database.Find(tenant, id) is { } run ? Shown(run) : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRecord>> ListAsync(int tenant, int? install, RunState? state, long? before, int limit) =>
        Do(IReadOnlyList<RunRecord> () => [.. database.List(tenant, install, state, before, limit).Select(Shown)]);

    /// <inheritdoc/>
    public Task<RunRecord?> BeginAsync(int tenant, IReadOnlyCollection<int> ready, IReadOnlyCollection<int> known) => Do(() =>
    {
        if (_under.Count(one => one.Tenant == tenant) >= IRunStore.AtATime)
            return null;
        var now = time.GetUtcNow();
        var open = database.Open(tenant);
        var isSuspectUnder = open.Any(one => one.Crashes > 0 && _under.Contains((tenant, one.Id)));
        var next = open.FirstOrDefault(
            one => !_under.Contains((tenant, one.Id)) && (ready.Contains(one.Install) || !known.Contains(one.Install)) && _later.GetValueOrDefault((tenant, one.Id)) <= now
                && !(isSuspectUnder && one.Crashes > 0));
        if (next == default || database.Find(tenant, next.Id) is not { } run)
            return null;
        run = run.Begin(now);
        database.Update(run);
        _under.Add((tenant, run.Id));
        _later.Remove((tenant, run.Id));
        return run;
    });

    /// <inheritdoc/>
    public bool IsHeld(RunRecord run) => true;

    /// <inheritdoc/>
    public Task<bool> NoteAsync(RunRecord run) => Do(() =>
    {
        if (!_under.Contains((run.Tenant, run.Id)))
            return false;
        database.Update(run);
        return true;
    });

    /// <inheritdoc/>
    public Task<RunLeave> LeaveAsync(RunRecord run) => Do(() =>
    {
        var key = (run.Tenant, run.Id);
        if (!_under.Contains(key))
            return RunLeave.Lost;
        if (!run.IsOver && _cancelled.Contains(key))
            return RunLeave.Cancelled;
        database.Update(run);
        if (run.IsOver)
            database.Trim(run.Tenant, IRunStore.Kept, IRunStore.KeptBytes);
        else if (run.NotBefore is { } due)
            _later[key] = due;
        _under.Remove(key);
        _cancelled.Remove(key);
        return RunLeave.Stored;
    });

    /// <inheritdoc/>
    public Task<bool> CancelAsync(int tenant, long id) => Do(() =>
    {
        if (database.Find(tenant, id) is not { IsOver: false } run)
            return false;
        if (_under.Contains((tenant, id)))
            _cancelled.Add((tenant, id));
        else
            database.Update(run with { State = RunState.Cancelled, Ended = time.GetUtcNow() });
        return true;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyCollection<long>> CancelledAsync(int tenant) =>
        Do(IReadOnlyCollection<long> () => [.. _cancelled.Where(one => one.Tenant == tenant).Select(static one => one.Id)]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        database.Dispose();
        return ValueTask.CompletedTask;
    }

    private RunRecord Shown(RunRecord run) => run.State == RunState.Running && !_under.Contains((run.Tenant, run.Id)) ? run with { State = RunState.Queued } : run;

    private Task<T> Do<T>(Func<T> work)
    {
        try
        {
            lock (_gate)
                return Task.FromResult(work());
        }
        catch (SqliteException e)
        {
            return Task.FromException<T>(new StateUnavailableException($"the runs cannot be stored: {e.Message}", e));
        }
    }
}
