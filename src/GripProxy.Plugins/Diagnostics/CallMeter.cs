using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Diagnostics;

/// <summary>Counts and times the calls of a tenant's plugins (plugins.md §11.2, PLG-25). Thread-safe.</summary>
/// <param name="tenant">Name of the tenant.</param>
/// <param name="instruments">Where they are counted, or null: nowhere.</param>
internal sealed class CallMeter(string tenant, PluginInstruments? instruments)
{
    private const string ProcessEvent = "processEvent";

    /// <summary>The chain was run over events.</summary>
    public void Chain(IReadOnlyList<ChainResult> results, IReadOnlyList<LiveCopy> chain)
    {
        if (instruments is null)
            return;
        foreach (var result in results)
        {
            foreach (var time in result.Times)
            {
                if (chain.FirstOrDefault(copy => copy.Copy == time.Copy) is { } live)
                    Count(live.Install.Name, result, time);
            }
        }
    }

    /// <summary>A call beside the chain has ended; who made it counts it.</summary>
    /// <param name="install">The plugin.</param>
    /// <param name="method">Its name; of a job or task that of its group counts, as their own are the plugin's to choose.</param>
    /// <param name="took">How long it took.</param>
    public void Took(Install install, string method, TimeSpan took)
    {
        var group = method.IndexOf('.', StringComparison.Ordinal);
        instruments?.Took(tenant, install.Name, group < 0 ? method : method[..group], took);
    }

    private static string ResultOf(PluginError? error) => error switch
    {
        null => "ok",
        { IsRetry: true } => "retry",
        { IsTimeout: true } => "timeout",
        _ => "error",
    };

    private void Count(string install, ChainResult result, CopyTime time)
    {
        var drops = result.DroppedBy == time.Copy;
        var error = result.Errors.FirstOrDefault(one => one.Copy == time.Copy).Error;
        instruments!.Called(tenant, install, ProcessEvent, drops ? "dropped" : ResultOf(error)); // Its caller has looked.
        instruments.Took(tenant, install, ProcessEvent, TimeSpan.FromMicroseconds(time.Microseconds));
        if (drops)
            instruments.Dropped(tenant, install);
    }
}
