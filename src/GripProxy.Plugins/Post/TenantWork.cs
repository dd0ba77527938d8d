using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Post.Schedules;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Site;

namespace GripProxy.Plugins.Post;

/// <summary>What operators may see and start of a tenant's work beside the chain. Immutable.</summary>
/// <param name="Calls">The plugins.</param>
/// <param name="Jobs">Takes and lists jobs.</param>
/// <param name="Scheduler">Runs what is done by the clock.</param>
internal sealed record TenantWork(IPluginCalls Calls, JobIntake Jobs, Scheduler Scheduler)
{
    /// <summary>Calls that somebody waits for, or null: none are taken.</summary>
    public DirectCalls? Direct { get; init; }

    /// <summary>Their endpoints, or null: there are none.</summary>
    public PluginOrigin? Origin { get; init; }

    /// <summary>Their long runs, or null: there are none.</summary>
    public TenantRuns? Runs { get; init; }

    /// <summary>What they put into web pages, or null: nothing.</summary>
    public SiteDoor? Site { get; init; }
}
