using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// Makes what a cell has loaded into what is wanted: enables, disables and replaces, without the cell or other plugins noticing (plugins.md §6.2, §6.5).
/// One change of an install at a time. Thread-safe. Owned by a keeper.
/// </summary>
/// <param name="loader">Loads and sets up.</param>
/// <param name="retirement">Lets copies go.</param>
/// <param name="isLast">Whether all other cells that share an install's events have a copy already, so that it serves everywhere with that one.</param>
/// <param name="strike">Told who was being loaded when the cell ended.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled when the keeper ends.</param>
internal sealed class InstallSwitch(
    InstallLoader loader, CopyRetirement retirement, Func<RunningCell, InstallStatus, Install, bool> isLast, Action<InstallStatus, PluginError> strike, TimeProvider time,
    CancellationToken stopping)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(3);

    /// <summary>Makes an install in a cell into what is wanted of it; ends when it is, or cannot be. Never fails.</summary>
    /// <param name="running">The cell.</param>
    /// <param name="status">The install.</param>
    /// <param name="anew">True: it is loaded again even where what is loaded is what is wanted.</param>
    public async Task SettleAsync(RunningCell running, InstallStatus status, bool anew = false)
    {
        var turn = running.TurnOf(status);
        try
        {
            await turn.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            while (await StepAsync(running, status, anew))
                anew = false;
        }
        catch (WorkerEndedException e) when (e.End != WorkerEnd.Stopped)
        {
            strike(status, new PluginError(e.End.ToString(), e.Message, ""));
        }
        catch (Exception e) when (e is OperationCanceledException or WorkerEndedException)
        {
            // The keeper stops.
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>One step towards what is wanted.</summary>
    /// <returns>True if there is another one.</returns>
    private async Task<bool> StepAsync(RunningCell running, InstallStatus status, bool anew)
    {
        var wish = status.Wish;
        if (!status.MayRun)
        {
            retirement.Retire(running, running.Remove(status));
            return wish.IsCompleted;
        }

        var live = running.Find(status);
        var install = live is null ? status.ToLoad : status.Install;
        if (!anew && live is not null && live.Install.IsSameCopyAs(install))
            return !status.TryServe(wish, install, live.Capabilities, isLast(running, status, install));
        await StartAsync(running, status, install, wish);
        return wish.IsCompleted || (!install.IsSameCopyAs(status.Install) && status.TurnToWanted());
    }

    private async Task StartAsync(RunningCell running, InstallStatus status, Install install, Task wish)
    {
        LiveCopy? copy = null;
        var delay = FirstDelay;
        for (var attempt = 1; ; attempt++, delay *= 2)
        {
            SetupFailure? failure;
            await running.Loading.WaitAsync(stopping);
            try
            {
                copy ??= wish.IsCompleted ? null : await loader.LoadAsync(running, status, install, wish);
                if (copy is null)
                    return;
                failure = await loader.SetUpAsync(running, copy, attempt);
            }
            finally
            {
                running.Loading.Release();
            }

            if (failure is null)
            {
                Serve(running, copy, wish);
                return;
            }

            if (failure.IsFinal)
                loader.Fail(status, wish, InstallState.Failed, failure.Error);
            else
                await WaitAsync(status, failure.Error, attempt, delay, wish);
            if (failure.IsFinal || wish.IsCompleted)
            {
                running.Cell.Unload(copy.Copy);
                return;
            }
        }
    }

    private void Serve(RunningCell running, LiveCopy copy, Task wish)
    {
        var isEverywhere = isLast(running, copy.Status, copy.Install);
        if (running.Put(copy, () => copy.Status.TryServe(wish, copy.Install, copy.Capabilities, isEverywhere)) is { } replaced)
        {
            retirement.Retire(running, replaced);
            if (isEverywhere)
                loader.Announce(copy);
        }
        else
        {
            retirement.Retire(running, [copy]);
        }
    }

    private async Task WaitAsync(InstallStatus status, PluginError error, int attempt, TimeSpan delay, Task wish)
    {
        loader.FailOnce(status, wish, error, attempt, time.GetUtcNow() + delay);
        await Task.WhenAny(Task.Delay(delay, time, stopping), wish);
        stopping.ThrowIfCancellationRequested();
    }
}
