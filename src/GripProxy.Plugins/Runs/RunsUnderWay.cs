namespace GripProxy.Plugins.Runs;

/// <summary>The runs of a tenant that are under way on this node, and what they say of themselves. Thread-safe, guarded by its lock. Owned by the tenant's runs.</summary>
/// <param name="store">Where that is stored.</param>
/// <param name="time">The clock.</param>
internal sealed class RunsUnderWay(IRunStore store, TimeProvider time)
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, OpenRun> _runs = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<OpenRun> All
    {
        get
        {
            lock (_gate)
                return [.. _runs.Values];
        }
    }

    /// <summary>How many.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _runs.Count;
        }
    }

    /// <summary>One has begun.</summary>
    public void Add(OpenRun run)
    {
        lock (_gate)
            _runs[run.Record.Id] = run;
    }

    /// <summary>One of them that has not come to its end, or null.</summary>
    public OpenRun? Find(long id)
    {
        lock (_gate)
            return _runs.TryGetValue(id, out var run) && !run.IsSettled ? run : null;
    }

    /// <summary>What one came to is known: it says nothing more.</summary>
    public void Settle(OpenRun run)
    {
        lock (_gate)
            run.IsSettled = true;
    }

    /// <summary>One has been left.</summary>
    public void Remove(OpenRun run)
    {
        lock (_gate)
        {
            // Once it was left it may have begun again, under the same number.
            if (_runs.GetValueOrDefault(run.Record.Id) == run)
                _runs.Remove(run.Record.Id);
        }
    }

    /// <summary>Somebody wants one ended.</summary>
    /// <returns>The run, or null: it is not here, or knows.</returns>
    public OpenRun? Cancel(long id)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(id, out var run) || run.IsCancelled || run.IsSettled)
                return null;
            run.IsCancelled = true;
            return run;
        }
    }

    /// <summary>One is to begin again.</summary>
    /// <returns>False: it knows.</returns>
    public bool Interrupt(OpenRun run)
    {
        lock (_gate)
            return !run.IsInterrupted && (run.IsInterrupted = true);
    }

    /// <summary>Those that are not this node's any more since this was asked last.</summary>
    public IReadOnlyList<OpenRun> Lose()
    {
        List<OpenRun> lost;
        lock (_gate)
        {
            lost = [.. _runs.Values.Where(run => !run.IsLost && !run.IsSettled && !store.IsHeld(run.Record))];
            lost.ForEach(static run => run.IsLost = run.IsInterrupted = true);
        }

        return lost;
    }

    /// <summary>One tells how far it is.</summary>
    /// <param name="install">Number of its install.</param>
    /// <param name="id">Its number.</param>
    /// <param name="change">Makes of it what it is from now on.</param>
    /// <param name="now">True: it is stored at once; false: now and then.</param>
    /// <returns>False if there is none of this install here.</returns>
    public async Task<bool> NoteAsync(int install, long id, Func<RunRecord, RunRecord> change, bool now)
    {
        OpenRun? run;
        lock (_gate)
        {
            if (!_runs.TryGetValue(id, out run) || run.Record.Install != install || run.IsSettled || run.IsLost)
                return false;
            run.Record = change(run.Record);
            run.IsDirty = true;
            if (!now && time.GetElapsedTime(run.Stored) < Often)
                return true;
            run.Stored = time.GetTimestamp();
        }

        return await StoreAsync(run);
    }

    /// <summary>Stores what they have said and what is not stored yet.</summary>
    public async Task StoreAsync()
    {
        foreach (var run in All.Where(run => run.IsDirty && time.GetElapsedTime(run.Stored) >= Often))
            await StoreAsync(run);
    }

    // The newest, whoever said it.
    private async Task<bool> StoreAsync(OpenRun run)
    {
        await run.Storing.WaitAsync();
        try
        {
            RunRecord record;
            lock (_gate)
            {
                if (run.IsSettled)
                    return false;
                record = run.Record;
            }

            var isStored = await store.NoteAsync(record);
            lock (_gate)
                run.IsDirty = run.Record != record;
            return isStored;
        }
        finally
        {
            run.Storing.Release();
        }
    }
}
