using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Runs;

/// <summary>From the beginning of a long run on this node to what it came to. Thread-safe. Owned by the tenant's runs.</summary>
internal sealed partial class RunWork
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    private readonly string _tenant;
    private readonly RunParts _parts;
    private readonly RunsUnderWay _under;
    private readonly Action _load;
    private readonly Func<bool> _isStopping;
    private readonly ILogger _logger;

    /// <summary>Nothing runs yet.</summary>
    /// <param name="tenant">Name of the tenant.</param>
    /// <param name="parts">What it works with.</param>
    /// <param name="under">The runs that are under way.</param>
    /// <param name="load">Sees to it that the plugins of all runs are wanted in their cell.</param>
    /// <param name="isStopping">True once nothing is waited for.</param>
    /// <param name="logger">The log.</param>
    public RunWork(string tenant, RunParts parts, RunsUnderWay under, Action load, Func<bool> isStopping, ILogger logger)
    {
        _tenant = tenant;
        _parts = parts;
        _under = under;
        _load = load;
        _isStopping = isStopping;
        _logger = logger;
    }

    /// <summary>Calls the function of a run and stores what it came to.</summary>
    /// <returns>After which time it begins again, or null: it does not, or another node begins it.</returns>
    public async Task<TimeSpan?> RunAsync(OpenRun run)
    {
        var verdict = RunVerdict.Later(run);
        try
        {
            verdict = await CallAsync(run);
        }
        catch (WorkerEndedException e)
        {
            verdict = RunVerdict.Of(run, e);
            if (verdict.Record.Crashes > run.Record.Crashes)
                Log.CellEnded(_logger, _tenant, run.Record.Id, run.Record.Name, e.End);
        }
        catch (OperationCanceledException)
        {
            // Stopping: it is stored.
            verdict = RunVerdict.Later(run);
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, _tenant, run.Record.Id);
            verdict = RunVerdict.Later(run);
        }

        return await SettleAsync(run, verdict);
    }

    /// <summary>Stores what a run came to that was begun here; where that cannot be stored, again and again until it is stopped.</summary>
    /// <returns>What became of that, or null: it was stopped.</returns>
    public async Task<RunLeave?> LeaveAsync(RunRecord record)
    {
        RunLeave? left;
        while ((left = await TryLeaveAsync(record)) is null && !_isStopping())
            await Task.Delay(Often, _parts.Time);
        return left;
    }

    /// <summary>Tells a run to end, and waits for that no longer than it says.</summary>
    public void Tell(OpenRun run, TimeSpan grace) => _ = TellAsync(run.Record.Id, run.GivenUp, grace);

    private async Task<RunVerdict> CallAsync(OpenRun run)
    {
        _load();
        await _parts.Calls.LoadAsync();
        // The version before serves on until the new one is ready.
        if (StatusOf(run) is { } status)
            await Task.WhenAny(status.Settled, run.GivenUp.Task, Task.Delay(_parts.Grace, _parts.Time));
        var calling = _parts.Calls.CallAsync(run.Record.Install, TenantRuns.Prefix + run.Record.Name, new CallTurn(0, Limit: _parts.Limit), run.Record.Payload, Describe(run.Record));
        return await Task.WhenAny(calling, run.GivenUp.Task) == calling ? RunVerdict.Of(run, await calling, StatusOf(run)) : RunVerdict.OfDeaf(run);
    }

    // Nobody else has it before this is stored, or its lease is lost: so it is tried again and again.
    private async Task<TimeSpan?> SettleAsync(OpenRun run, RunVerdict verdict)
    {
        _under.Settle(run);
        run.GivenUp.TrySetResult();
        var now = _parts.Time.GetUtcNow();
        var record = verdict.Again is { } delay ? verdict.Record with { State = RunState.Queued, NotBefore = now + delay } : verdict.Record with { Ended = now };
        var left = await LeaveAsync(record);
        _under.Remove(run);
        return left == RunLeave.Stored ? verdict.Again : null;
    }

    // Null: nobody knows.
    private async Task<RunLeave?> TryLeaveAsync(RunRecord record)
    {
        try
        {
            var became = await _parts.Store.LeaveAsync(record);
            if (became == RunLeave.Cancelled)
                became = await _parts.Store.LeaveAsync(record = record with { State = RunState.Cancelled, Ended = _parts.Time.GetUtcNow() });
            if (became == RunLeave.Stored && record.IsOver)
                Log.Ended(_logger, _tenant, record.Id, record.Name, record.Word);
            return became;
        }
        catch (StateUnavailableException e)
        {
            Log.NotStored(_logger, _tenant, record.Id, e.Message);
            return null;
        }
    }

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

    private InstallStatus? StatusOf(OpenRun run) => _parts.Cells.Installs.FirstOrDefault(status => status.Install.Number == run.Record.Install);

    private static ReadOnlyMemory<byte> Describe(RunRecord run)
    {
        var about = new JsonObject { ["id"] = run.Id };
        if (run.Last.Length > 0)
            about["last"] = JsonNode.Parse(run.Last.Span);
        return System.Text.Encoding.UTF8.GetBytes(about.ToJsonString());
    }
}
