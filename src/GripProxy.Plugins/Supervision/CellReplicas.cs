using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// The cells that share the events of a tenant (plugins.md §5.6): which of them may be used, and how many there are. Thread-safe; one change of their number at a time.
/// Owned by a keeper.
/// </summary>
/// <param name="tenant">Name of the tenant.</param>
/// <param name="slots">The cells.</param>
/// <param name="parts">What cells are started with.</param>
/// <param name="logger">The log.</param>
internal sealed partial class CellReplicas(string tenant, CellSlots slots, CellParts parts, ILogger logger)
{
    /// <summary>Another cell than the first is used only with all that the first has: until then the first does its part.</summary>
    /// <returns>The running cell of a slot, or of the one that leads.</returns>
    /// <exception cref="WorkerEndedException">It did not start, or the slot has ended.</exception>
    public async Task<RunningCell> UsableAsync(CellSlot slot)
    {
        var running = await slot.GetAsync();
        if (slots.Replicas == 1 && slot.Replica == 0)
            return running;
        var leader = slots.LeaderOf(slot);
        var others = slots.All.Where(other => other.Only == slot.Only && other != slot).Select(static other => other.Running).OfType<RunningCell>();
        // The first one of all begins as one that is alone: who waits for its plugins is the keeper's.
        if (!running.Loaded.IsCompleted && (slot != leader || others.Any(other => !HasAllOf(running, other))))
            await Task.WhenAny(running.Loaded, Task.Delay(parts.Supervision.StartWait, parts.Time, slots.Stopping));
        return slot != leader && leader.Running is { } first && !HasAllOf(running, first) ? first : running;
    }

    /// <summary>Which replica has the least to do.</summary>
    public int LeastBusy()
    {
        var count = slots.Replicas;
        if (count == 1)
            return 0;
        return slots.All.Where(slot => slot.Replica < count).Select(static slot => (slot.Replica, slot.Running)).Where(static one => one.Running is { Loaded.IsCompleted: true })
            .GroupBy(static one => one.Replica, static one => one.Running!.Cell.Outstanding) // Those that run.
            .OrderBy(static replica => replica.Sum()).Select(static replica => replica.Key).FirstOrDefault();
    }

    /// <summary>Whether all other cells that share an install's events have a copy of it already. Those that are about to start do not count: nothing is done there yet.</summary>
    public bool IsLast(RunningCell running, InstallStatus status, Install install) => slots.Replicas == 1
        || slots.EachOf(status).Where(slot => slot.Replica < slots.Replicas).Select(static slot => slot.Running).OfType<RunningCell>()
            .All(other => other == running || !other.Loaded.IsCompleted || other.Find(status)?.Install.IsSameCopyAs(install) == true);

    /// <summary>How long the next batch of a replica is to wait, because a cell took more of the processor than its share; zero: not at all.</summary>
    public TimeSpan PauseOf(int replica) => slots.All.Where(slot => slot.Replica == replica)
        .Select(static slot => slot.Running?.Cell.Pause ?? TimeSpan.Zero).Append(TimeSpan.Zero).Max();

    /// <summary>Makes them more or fewer. A new one gets events once it has all that the first has; one that goes gets none any more, and ends what it has.</summary>
    /// <returns>False if a new one did not come up: there are as many as before.</returns>
    public async Task<bool> ResizeAsync(int wanted)
    {
        while (slots.Replicas < wanted)
        {
            if (!await TryAddAsync(slots.Replicas))
                return false;
            slots.Replicas++;
            Log.Scaled(logger, tenant, slots.Replicas);
        }

        while (slots.Replicas > wanted)
        {
            var last = --slots.Replicas;
            Log.Scaled(logger, tenant, slots.Replicas);
            await Task.WhenAll(slots.All.Where(slot => slot.Replica == last).Select(static slot => slot.StopAsync()));
        }

        return true;
    }

    private static bool HasAllOf(RunningCell running, RunningCell first) =>
        first == running || first.Copies.All(copy => !copy.Status.MayRun || running.Find(copy.Status) is not null);

    private async Task<bool> TryAddAsync(int replica)
    {
        foreach (var leader in slots.All.Where(static slot => slot is { Replica: 0, Running: not null }))
        {
            var slot = slots.ReplicaOf(leader, replica);
            try
            {
                var running = await slot.GetAsync();
                await running.Loaded;
                if (leader.Running is not { } first || HasAllOf(running, first))
                    continue;
                Log.NotScaled(logger, tenant, "a plugin did not come up in the new cell");
            }
            catch (WorkerEndedException e)
            {
                Log.NotScaled(logger, tenant, e.Message);
            }

            await Task.WhenAll(slots.All.Where(slot => slot.Replica == replica).Select(static slot => slot.StopAsync()));
            return false;
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(7115, LogLevel.Information, "plugins of {Tenant}: {Count} cells share the events", EventName = "CellsScaled")]
        public static partial void Scaled(ILogger logger, string tenant, int count);

        [LoggerMessage(7116, LogLevel.Warning, "plugins of {Tenant}: one more cell to share the events did not come up: {Reason}", EventName = "CellsNotScaled")]
        public static partial void NotScaled(ILogger logger, string tenant, string reason);
    }
}
