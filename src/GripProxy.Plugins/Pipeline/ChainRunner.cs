using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Supervision;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Pipeline;

/// <summary>
/// Runs batches through the chain of a tenant. When the process ends over one, the batch is tried again, and at last event by event and plugin by plugin, so
/// that only the event and the plugin that do it are hurt (plugins.md §5.4, §8.2). Thread-safe.
/// </summary>
internal sealed partial class ChainRunner(
    string tenant, CellKeeper keeper, EventParents parents, int maxEventBytes, TimeProvider time, ILogger<ChainRunner> logger)
{
    private static readonly TimeSpan[] Delays = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    /// <summary>True while events pass by all plugins (plugins.md §13).</summary>
    public Func<bool> IsBypassed { get; init; } = static () => false;

    /// <summary>How many cells share the events.</summary>
    public int Replicas => keeper.Replicas;

    /// <summary>Runs a batch.</summary>
    /// <param name="replica">Which of the cells that share the events does it, from 0. It is tried again with the same: whoever ends that one hurts no other.</param>
    /// <param name="batch">The events.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>One fate for each event, in order.</returns>
    /// <exception cref="WorkerEndedException">The plugins are stopping, or no process can be started.</exception>
    public async Task<IReadOnlyList<EventFate>> RunAsync(int replica, IReadOnlyList<QueuedEvent> batch, CancellationToken cancellationToken)
    {
        if (!batch.Any(IsSnapshot))
            return await RunAllAsync(replica, batch, cancellationToken);
        var others = await RunAllAsync(replica, [.. batch.Where(one => !IsSnapshot(one))], cancellationToken);
        var next = 0;
        return [.. batch.Select(one => IsSnapshot(one) ? EventFate.GoesOn(one.Body, []) : others[next++])];
    }

    // Recordings of screens pass no plugin of the chain (plugins.md §7.5). The host wrote the event's name, so it looks like this.
    private static bool IsSnapshot(QueuedEvent one) => one.Body.Span.IndexOf("\"event\":\"$snapshot\""u8) >= 0 && NameIs(one, PostStage.Snapshot);

    private static bool NameIs(QueuedEvent one, string name)
    {
        using var document = CellJson.Parse(one.Body);
        return document.RootElement.TryGetProperty("event", out var value) && value.ValueEquals(name);
    }

    private async Task<IReadOnlyList<EventFate>> RunAllAsync(int replica, IReadOnlyList<QueuedEvent> batch, CancellationToken cancellationToken)
    {
        foreach (var delay in Delays)
        {
            try
            {
                return await RunOnceAsync(replica, batch, cancellationToken);
            }
            catch (WorkerEndedException e) when (IsFault(e))
            {
                Log.BatchFailed(logger, tenant, batch.Count, e.End);
                if (delay > TimeSpan.Zero)
                    await Task.Delay(delay, time, cancellationToken);
            }
        }

        List<EventFate> fates = [];
        foreach (var one in batch)
            fates.Add(await SearchAsync(replica, one));
        return fates;
    }

    private async Task<IReadOnlyList<EventFate>> RunOnceAsync(int replica, IReadOnlyList<QueuedEvent> batch, CancellationToken cancellationToken)
    {
        if (IsBypassed() || !keeper.HasWork)
            return [.. batch.Select(one => EventFate.GoesOn(one.Body, []))];
        await KeepShareAsync(replica, cancellationToken);
        using var lease = await keeper.EnterChainAsync(replica);
        var chain = lease.Copies;
        if (chain.Count == 0)
            return [.. batch.Select(one => EventFate.GoesOn(one.Body, [], lease.PassedBy))];
        var stages = StagesOf(chain);
        if (stages.Count > 1)
            return await RunThroughAsync(stages, batch, lease.PassedBy);
        var results = await AskAsync(chain, batch, [.. batch.Select(one => one.Body)]);
        return [.. results.Select(result => Judge(result, chain, lease.PassedBy))];
    }

    // Copies that follow each other in one process.
    private static List<List<LiveCopy>> StagesOf(IReadOnlyList<LiveCopy> chain)
    {
        List<List<LiveCopy>> stages = [];
        foreach (var copy in chain)
        {
            if (stages is [.., var last] && last[0].Cell == copy.Cell)
                last.Add(copy);
            else
                stages.Add([copy]);
        }

        return stages;
    }

    // From process to process: whatever does not go on in one is not given to the next.
    private async Task<IReadOnlyList<EventFate>> RunThroughAsync(List<List<LiveCopy>> stages, IReadOnlyList<QueuedEvent> batch, IReadOnlyList<InstallStatus> passedBy)
    {
        var fates = batch.Select(one => EventFate.GoesOn(one.Body, [], passedBy)).ToArray();
        foreach (var stage in stages)
        {
            List<int> onward = [.. Enumerable.Range(0, fates.Length).Where(index => fates[index].Event is not null)];
            if (onward.Count == 0)
                break;
            var results = await AskAsync(
                stage, [.. onward.Select(index => batch[index])], [.. onward.Select(index => fates[index].Event!.Value)], goesOn: stage != stages[0]); // They go on.
            foreach (var (index, result) in onward.Zip(results))
            {
                var before = fates[index].Passed;
                var fate = Judge(result, stage, passedBy);
                fates[index] = fate.Event is { } processed ? EventFate.GoesOn(processed, [.. before, .. fate.Passed], passedBy) : fate;
            }
        }

        return fates;
    }

    // Before the copies are entered: what is switched meanwhile need not wait too.
    private async Task KeepShareAsync(int replica, CancellationToken cancellationToken)
    {
        if (keeper.PauseOf(replica) is { } pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, time, cancellationToken);
    }

    private async Task<ChainResult[]> AskAsync(
        IReadOnlyList<LiveCopy> chain, IReadOnlyList<QueuedEvent> batch, IReadOnlyList<ReadOnlyMemory<byte>> bodies, bool goesOn = false)
    {
        var ticket = parents.Open(batch);
        try
        {
            List<int>? capturedBy = batch.Any(one => one.CapturedBy > 0) ? [.. batch.Select(one => one.CapturedBy)] : null;
            List<CallTurn> turns = [.. batch.Select(one => new CallTurn(one.Depth, one.Attempts + 1, RetrySchedule.Chain.Attempts))];
            var results = await chain[0].Cell.ChainAsync([.. chain.Select(copy => copy.Copy)], bodies, goesOn, ticket, capturedBy, turns);
            keeper.Calls.Chain(results, chain);
            return results;
        }
        finally
        {
            parents.Close(ticket);
        }
    }

    // The culprit is whoever is alone in the process when it ends.
    private async Task<EventFate> SearchAsync(int replica, QueuedEvent suspect)
    {
        var body = suspect.Body;
        List<InstallStatus> passed = [];
        foreach (var status in await FindSuspectsAsync(replica))
        {
            try
            {
                using var lease = await keeper.EnterAsync(copy => copy.Status == status && copy.Capabilities.Processes, one => one == status, replica);
                if (lease.Copies is not [var copy])
                    continue;
                var results = await AskAsync([copy], [suspect], [body], goesOn: true);
                var fate = Judge(results[0], [copy], []);
                if (fate.Event is not { } processed)
                    return fate;
                body = processed;
                passed.AddRange(fate.Passed);
            }
            catch (WorkerEndedException e) when (IsFault(e))
            {
                keeper.Strike(status, new PluginError(e.End.ToString(), e.Message, ""));
                return EventFate.Buried(new DeadLetterReason("chain", status.Install.Number, $"crashed_worker: {e.End}: {e.Message}"));
            }
        }

        return EventFate.GoesOn(body, passed);
    }

    // Entered, so that a copy which has just started is there.
    private async Task<IReadOnlyList<InstallStatus>> FindSuspectsAsync(int replica)
    {
        using var lease = await keeper.EnterChainAsync(replica);
        return [.. lease.Copies.Select(copy => copy.Status)];
    }

    // A cell that is stopped although the plugins go on was idle for too long, or another one took its place.
    private bool IsFault(WorkerEndedException e) => e.End != WorkerEnd.NotStarted && !(e.End == WorkerEnd.Stopped && keeper.IsStopping);

    private EventFate Judge(ChainResult result, IReadOnlyList<LiveCopy> chain, IReadOnlyList<InstallStatus> passedBy)
    {
        PluginError? last = null;
        foreach (var (number, thrown) in result.Errors)
        {
            if (Find(chain, number) is not { } status)
                continue;
            var error = last = keeper.Threw(status, thrown);
            if (!error.IsRetry)
                Log.PluginThrew(logger, tenant, status.Install.Name, error.Stack);
            if (error.IsTimeout)
                keeper.Strike(status, error);
        }

        if (result.RetryOf is { } retry && Find(chain, retry) is { } asking)
            return EventFate.Again(asking, last ?? new PluginError("RetryError", "", ""));
        if (result.Event is not { } processed)
            return EventFate.Dropped;
        if (RepairedJson.MayBeNeeded(processed.Span))
        {
            using var document = CellJson.Parse(processed);
            processed = RepairedJson.Write(document.RootElement);
        }

        if (processed.Length > maxEventBytes)
        {
            return EventFate.Buried(new DeadLetterReason(
                "chain", chain[^1].Status.Install.Number, $"event_too_large: the event has {processed.Length} bytes after its plugins; {maxEventBytes} are allowed"));
        }

        return EventFate.GoesOn(
            processed, [.. chain.Where(copy => !result.Skipped.Contains(copy.Copy) && result.Errors.All(error => error.Copy != copy.Copy)).Select(copy => copy.Status)], passedBy);
    }

    // Numbers come from the cell: one that is nobody's says nothing.
    private static InstallStatus? Find(IReadOnlyList<LiveCopy> chain, int number) => chain.FirstOrDefault(copy => copy.Copy == number)?.Status;

    private static partial class Log
    {
        [LoggerMessage(7200, LogLevel.Warning, "plugins of {Tenant}: the cell ended over a batch of {Count} ({Reason}); it is tried again", EventName = "BatchFailed")]
        public static partial void BatchFailed(ILogger logger, string tenant, int count, WorkerEnd reason);

        [LoggerMessage(7201, LogLevel.Warning, "plugin {Install} of {Tenant} threw: {Stack}", EventName = "PluginThrew")]
        public static partial void PluginThrew(ILogger logger, string tenant, string install, string stack);
    }
}
