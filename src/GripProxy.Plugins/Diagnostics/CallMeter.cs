using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Diagnostics;

/// <summary>Counts and times the calls of a tenant's plugins (plugins.md §11.2, PLG-25). Thread-safe.</summary>
/// <param name="tenant">Name of the tenant.</param>
/// <param name="instruments">Where they are counted for the operator, or null: nowhere.</param>
/// <param name="use">Where they are counted for the tenant, or null: nowhere.</param>
internal sealed class CallMeter(string tenant, PluginInstruments? instruments, PluginUse? use)
{
    private const string ProcessEvent = "processEvent";
    private const string Dropped = "dropped";

    /// <summary>The chain was run over events.</summary>
    public void Chain(IReadOnlyList<ChainResult> results, IReadOnlyList<LiveCopy> chain)
    {
        if (instruments is null && use is null)
            return;
        // Each call is counted for the operator; for the tenant those of a batch are counted together.
        Dictionary<(string Install, string Result), (int Count, long Microseconds)> batch = [];
        foreach (var result in results)
        {
            foreach (var time in result.Times)
            {
                if (chain.FirstOrDefault(copy => copy.Copy == time.Copy) is { } live)
                {
                    var name = live.Install.Name;
                    var end = ResultOf(result, time.Copy);
                    Count(name, end, time);
                    var before = batch.GetValueOrDefault((name, end));
                    batch[(name, end)] = (before.Count + 1, before.Microseconds + time.Microseconds);
                }
            }
        }

        if (use is not null)
            CountForTenant(use, batch);
    }

    /// <summary>A call beside the chain has ended; who made it counts it.</summary>
    /// <param name="install">The plugin.</param>
    /// <param name="method">Its name; of a job or task that of its group counts, as their own are the plugin's to choose.</param>
    /// <param name="took">How long it took.</param>
    public void Took(Install install, string method, TimeSpan took)
    {
        var group = method.IndexOf('.', StringComparison.Ordinal);
        var name = group < 0 ? method : method[..group];
        instruments?.Took(tenant, install.Name, name, took);
        use?.Took(install.Name, name, took);
    }

    private static string ResultOf(ChainResult result, int copy) => result.DroppedBy == copy ? Dropped : result.Errors.FirstOrDefault(one => one.Copy == copy).Error switch
    {
        null => "ok",
        { IsRetry: true } => "retry",
        { IsTimeout: true } => "timeout",
        _ => "error",
    };

    private static void CountForTenant(PluginUse use, Dictionary<(string Install, string Result), (int Count, long Microseconds)> batch)
    {
        foreach (var ((install, result), (count, microseconds)) in batch)
        {
            use.Called(install, ProcessEvent, result, count);
            use.Took(install, ProcessEvent, TimeSpan.FromMicroseconds(microseconds));
            if (result == Dropped)
                use.Dropped(install, count);
        }
    }

    private void Count(string install, string result, CopyTime time)
    {
        if (instruments is null)
            return;
        instruments.Called(tenant, install, ProcessEvent, result);
        instruments.Took(tenant, install, ProcessEvent, TimeSpan.FromMicroseconds(time.Microseconds));
        if (result == Dropped)
            instruments.Dropped(tenant, install);
    }
}
