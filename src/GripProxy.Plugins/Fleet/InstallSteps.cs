using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Fleet;

/// <summary>
/// The one-time steps of a tenant's installs, each done by one node of all (plugins.md §6.3): whoever writes first into the state that it does it. Thread-safe.
/// </summary>
/// <param name="tenant">The tenant's number.</param>
/// <param name="node">Name of this node, or null: it is alone, and asks nobody.</param>
/// <param name="longest">How long a step may take.</param>
/// <param name="store">The state.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class InstallSteps(int tenant, string? node, TimeSpan longest, IPluginStateStore store, TimeProvider time, ILogger logger)
{
    // Clocks of nodes differ.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(15);

    // Whether another node is through is looked at so often.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Begins a step, or waits for the node that does it.</summary>
    /// <returns>False: there is nothing to do any more.</returns>
    /// <exception cref="StateUnavailableException">Whether another node does it cannot be found out.</exception>
    public async Task<bool> BeginAsync(Install install)
    {
        while (node is not null)
        {
            var isDone = false;
            var isMine = false;
            await store.UpdateAsync(state =>
            {
                var step = state.Find<StepRecord>(StepRecord.FieldOf(tenant, install.Number));
                isDone = state.FindInstall(tenant, install.Number) is not { } record || record.InstalledPackage == install.Package.Files.Hash;
                isMine = !isDone && (step is null || step.By == node || step.Until < time.GetUtcNow());
                return isMine ? state.With(new StepRecord { Tenant = tenant, Number = install.Number, By = node, Until = time.GetUtcNow() + longest + Margin }) : state;
            });
            if (isDone || isMine)
                return isMine;
            await Task.Delay(Look, time);
        }

        return true;
    }

    /// <summary>Notes that the step of an install's package is done, or that there is none.</summary>
    public async Task EndAsync(Install install)
    {
        try
        {
            await store.UpdateAsync(state => state.FindInstall(tenant, install.Number) is { } record && record.InstalledPackage != install.Package.Files.Hash
                ? Without(state, install).With(record with { InstalledPackage = install.Package.Files.Hash, InstalledVersion = install.Package.Version })
                : Without(state, install));
        }
        catch (StateUnavailableException e)
        {
            // The step will be done once more, which is better than not to run.
            Log.StepNotNoted(logger, install.Name, e.Message);
        }
    }

    /// <summary>The step failed: another node may try it.</summary>
    public async Task GiveUpAsync(Install install)
    {
        try
        {
            await store.UpdateAsync(state => Without(state, install));
        }
        catch (StateUnavailableException e)
        {
            // The others wait until its time is over.
            Log.StepNotNoted(logger, install.Name, e.Message);
        }
    }

    // What another node does in the meantime is not this one's.
    private PluginState Without(PluginState state, Install install) =>
        state.Find<StepRecord>(StepRecord.FieldOf(tenant, install.Number)) is { } step && step.By == node ? state.Without(step) : state;

    private static partial class Log
    {
        [LoggerMessage(7322, LogLevel.Warning, "plugin {Install}: what became of its one-time step could not be noted: {Reason}", EventName = "StepNotNoted")]
        public static partial void StepNotNoted(ILogger logger, string install, string reason);
    }
}
