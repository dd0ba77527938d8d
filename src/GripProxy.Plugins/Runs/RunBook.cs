using GripProxy.Plugins.Tenants;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Runs;

/// <summary>The runs of a tenant: those that are not over as they are now, all others as they are stored. Guarded by the lock of its owner.</summary>
/// <param name="database">The store.</param>
/// <param name="tenant">The tenant.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class RunBook(RunDatabase database, Tenant tenant, TimeProvider time, ILogger logger)
{
    private const int MostOpen = 1000;
    private const long MostBytes = 16 * 1024 * 1024;
    private const int Kept = 1000;
    private const long KeptBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<long, OpenRun> _open = [];

    /// <summary>Runs that wait, the oldest first.</summary>
    public IReadOnlyList<OpenRun> Waiting => [.. _open.Values.Where(static run => run.With is null)];

    /// <summary>Runs that are under way.</summary>
    public IReadOnlyList<OpenRun> Under => [.. _open.Values.Where(static run => run.With is not null)];

    /// <summary>Takes what was not over when the process ended; it waits again.</summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public void Open()
    {
        foreach (var run in database.Open(tenant.Number))
            _open[run.Id] = new OpenRun(run with { State = RunState.Queued });
    }

    /// <summary>Stores a run that waits.</summary>
    /// <returns>The run, or null: as many, or as much, wait as may.</returns>
    /// <exception cref="SqliteException">It cannot be stored.</exception>
    public RunRecord? Add(int install, string name, ReadOnlyMemory<byte> payload)
    {
        if (_open.Count >= MostOpen || _open.Values.Sum(static run => (long)run.Record.Payload.Length) + payload.Length > MostBytes)
            return null;
        var run = database.Add(new RunRecord { Tenant = tenant.Number, Install = install, Name = name, Payload = payload, Created = time.GetUtcNow() });
        _open[run.Id] = new OpenRun(run);
        return run;
    }

    /// <summary>A run that is not over, or null.</summary>
    public OpenRun? FindOpen(long id) => _open.GetValueOrDefault(id);

    /// <summary>A run, or null.</summary>
    public RunRecord? Find(long id) => FindOpen(id)?.Record ?? database.Find(tenant.Number, id);

    /// <summary>Runs, the newest first.</summary>
    /// <param name="install">Number of the install, or null for all.</param>
    /// <param name="state">Only in this state, or null for all.</param>
    /// <param name="before">Only those before this number, or null: from the newest.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<RunRecord> List(int? install, RunState? state, long? before, int limit) =>
        [.. database.List(tenant.Number, install, state, before, limit).Select(run => FindOpen(run.Id)?.Record ?? run)];

    /// <summary>It begins.</summary>
    public void Begin(OpenRun run, Install install)
    {
        run.With = install;
        run.GivenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        run.Record = run.Record with { State = RunState.Running, Started = time.GetUtcNow(), Begun = run.Record.Begun + 1 };
        Store(run.Record);
    }

    /// <summary>It tells how far it is.</summary>
    /// <param name="run">The run.</param>
    /// <param name="record">The run from now on.</param>
    /// <param name="now">True: it is stored at once; false: now and then.</param>
    /// <exception cref="SqliteException">It cannot be stored.</exception>
    public void Note(OpenRun run, RunRecord record, bool now)
    {
        run.Record = record;
        if (!now && time.GetElapsedTime(run.Stored) < Often)
            return;
        run.Stored = time.GetTimestamp();
        database.Update(record);
    }

    /// <summary>It waits again.</summary>
    public void Again(OpenRun run, RunRecord record, TimeSpan delay)
    {
        if (run.IsCancelled)
        {
            // Somebody said so after it was decided that it begins again; nobody would tell it any more.
            End(run, record with { State = RunState.Cancelled });
            return;
        }

        run.With = null;
        run.GivenUp.TrySetResult();
        run.IsInterrupted = false;
        run.NotBefore = time.GetUtcNow() + delay;
        run.Record = record with { State = RunState.Queued };
        Store(run.Record);
    }

    /// <summary>It is over.</summary>
    public void End(OpenRun run, RunRecord record)
    {
        run.With = null;
        run.GivenUp.TrySetResult();
        run.Record = record with { Ended = time.GetUtcNow() };
        _open.Remove(record.Id);
        Store(run.Record);
        Log.Ended(logger, tenant.Name, record.Id, record.Name, record.Word);
    }

    private void Store(RunRecord record)
    {
        try
        {
            database.Update(record);
            if (record.IsOver)
                database.Trim(record.Tenant, Kept, KeptBytes);
        }
        catch (SqliteException e)
        {
            // After a restart it begins again, which is better than to be lost.
            Log.NotStored(logger, e, tenant.Name, record.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7820, LogLevel.Information, "plugins of {Tenant}: run {Id} of {Name} is {State}", EventName = "RunEnded")]
        public static partial void Ended(ILogger logger, string tenant, long id, string name, string state);

        [LoggerMessage(7822, LogLevel.Error, "plugins of {Tenant}: what became of run {Id} was not stored", EventName = "RunNotStored")]
        public static partial void NotStored(ILogger logger, Exception exception, string tenant, long id);
    }
}
