using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>Makes what the cells of a tenant have loaded into what is wanted, as cells start and installs change (plugins.md §6). Thread-safe. Owned by a keeper.</summary>
/// <param name="tenant">Name of the tenant.</param>
/// <param name="slots">The cells.</param>
/// <param name="install">Changes one install in one cell.</param>
/// <param name="installs">The installs.</param>
/// <param name="parts">What cells are started with.</param>
/// <param name="logger">The log.</param>
internal sealed partial class CellFilling(
    string tenant, CellSlots slots, InstallSwitch install, Func<IReadOnlyList<InstallStatus>> installs, CellParts parts, ILogger logger)
{
    /// <summary>Begins to make of installs what is wanted of them, in each cell that runs.</summary>
    /// <param name="touched">The installs.</param>
    /// <param name="start">True: where none runs a cell is started.</param>
    /// <param name="anew">True: they are loaded again even where they are as they should be.</param>
    public void Settle(IReadOnlyList<InstallStatus> touched, bool start, bool anew = false)
    {
        foreach (var status in touched)
        {
            if (slots.EachOf(status).Any(static slot => slot.Running is not null))
                _ = SettleAsync(status, anew);
            else if (start && status.MayRun)
                _ = WarmAsync(slots.Of(status));
        }
    }

    /// <summary>Loads what belongs into a cell that has just started. Those that events do not wait for come last, so that nobody waits for them. Never fails.</summary>
    public async Task LoadAllAsync(CellSlot slot, RunningCell running)
    {
        var replaces = slot.Running is not null;
        if (slot.Replica > 0)
            await WaitForAsync(slots.LeaderOf(slot));
        var wanted = installs().Where(status => status.MayRun && slots.Of(status, slot.Replica) == slot).ToList();
        if (replaces || wanted.Exists(status => slots.Serves(status, except: slot)))
        {
            // It takes another's place, or shares its work: there they serve until they are all here.
            await Task.WhenAny(Task.WhenAll(wanted.Select(status => install.SettleAsync(running, status))), Task.Delay(parts.Limits.Call, parts.Time));
            return;
        }

        wanted.ForEach(status => status.BeginInCell());
        foreach (var status in wanted.Where(status => !status.Install.PassOnStart))
            await FirstAsync(running, status);
        foreach (var status in wanted.Where(status => status.Install.PassOnStart))
            await FirstAsync(running, status);
    }

    /// <summary>Tries an install that was switched off once more, after a while.</summary>
    public async Task TryAgainAsync(InstallStatus status)
    {
        try
        {
            var wish = status.Wish;
            await Task.WhenAny(Task.Delay(parts.Supervision.Trip, parts.Time, slots.Stopping), wish);
            if (!wish.IsCompleted && !slots.Stopping.IsCancellationRequested && status.TryBeginTrial())
                await SettleAsync(status);
        }
        catch (OperationCanceledException)
        {
            // The keeper stops.
        }
    }

    // What is done once is done in the first; what is looked at in the end is whether all have it.
    private async Task SettleAsync(InstallStatus status, bool anew = false)
    {
        var cells = slots.EachOf(status);
        foreach (var slot in cells)
        {
            if (slot.Running is { } running)
                await SettleAsync(slot, running, status, anew);
        }

        if (cells.Count > 1 && cells[0].Running is { } first)
            await install.SettleAsync(first, status);
    }

    private async Task SettleAsync(CellSlot slot, RunningCell running, InstallStatus status, bool anew)
    {
        await install.SettleAsync(running, status, anew);
        if (slot.Only is null || status.MayRun)
            return;
        // Nobody else needs its process. Who was switched on again just now begins in a new one.
        await slot.StopEmptyAsync();
        if (status.MayRun)
            await WarmAsync(slot);
    }

    // Further attempts of a set-up are not waited for.
    private async Task FirstAsync(RunningCell running, InstallStatus status) => await Task.WhenAny(install.SettleAsync(running, status), status.Settled);

    // The first one does what is done once. Without it this one does.
    private static async Task WaitForAsync(CellSlot leader)
    {
        try
        {
            await (await leader.GetAsync()).Loaded;
        }
        catch (Exception e) when (e is WorkerEndedException or OperationCanceledException)
        {
            // Why is in the log.
        }
    }

    private async Task WarmAsync(CellSlot slot)
    {
        try
        {
            await slot.GetAsync();
        }
        catch (Exception e) when (e is WorkerEndedException or OperationCanceledException)
        {
            Log.NotWarm(logger, tenant, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7107, LogLevel.Warning, "plugins of {Tenant}: no cell could be started: {Reason}", EventName = "CellNotWarm")]
        public static partial void NotWarm(ILogger logger, string tenant, string reason);
    }
}
