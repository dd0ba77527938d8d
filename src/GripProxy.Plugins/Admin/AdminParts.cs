using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Events.Followed;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants.Setup;
using GripProxy.Plugins.Trials;

namespace GripProxy.Plugins.Admin;

/// <summary>What the admin API works with. Immutable.</summary>
internal sealed record AdminParts
{
    /// <summary>Tenants, packages and installs.</summary>
    public required IPluginStateStore Store { get; init; }

    /// <summary>What is switched on now.</summary>
    public required SwitchBoard Switches { get; init; }

    /// <summary>What plugins logged.</summary>
    public required LogBook Logs { get; init; }

    /// <summary>What is not tried any more.</summary>
    public required IDeadLetters DeadLetters { get; init; }

    /// <summary>What waits for its chain.</summary>
    public required IEventQueue Queue { get; init; }

    /// <summary>What becomes of what waits for a tenant.</summary>
    public required Func<int, QueueProgress> ProgressOf { get; init; }

    /// <summary>The events that are accepted here.</summary>
    public required AcceptedEvents Accepted { get; init; }

    /// <summary>What is known of the users of a tenant.</summary>
    public required Func<int, TenantProfiles> ProfilesOf { get; init; }

    /// <summary>The storage of a tenant, the same that its plugins have.</summary>
    public required Func<int, ITenantStorage> StorageOf { get; init; }

    /// <summary>The cache of a tenant, or null: nothing of the tenant runs here.</summary>
    public required Func<int, ITenantCache?> CacheOf { get; init; }

    /// <summary>What the plugins of a tenant did, or null: nothing of the tenant ran here.</summary>
    public required Func<int, PluginUse?> UseOf { get; init; }

    /// <summary>Deletes what an install of a tenant has left, by number and name; with an empty name all that the tenant has left.</summary>
    public required Func<int, string, Task> ForgetAsync { get; init; }

    /// <summary>Finds out what packages export.</summary>
    public required CapabilityReader Capabilities { get; init; }

    /// <summary>How much of that at a time.</summary>
    public TrialPlaces Places { get; init; } = new();

    /// <summary>Tries events.</summary>
    public required TrialRunner Trials { get; init; }

    /// <summary>Fetches archives.</summary>
    public required EgressClient Egress { get; init; }

    /// <summary>The way of a tenant's plugins to the outside, by the tenant's name.</summary>
    public required Func<string, PluginFetch> FetchOf { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The keeper of a tenant's cell, or null: nothing of the tenant runs here.</summary>
    public required Func<int, CellKeeper?> KeeperOf { get; init; }

    /// <summary>There may be only one tenant, because all would share a process (plugins.md §5.1).</summary>
    public bool IsForOneTenant { get; init; }

    /// <summary>What a tenant's plugins do by the clock and later, or null: nothing of the tenant runs here.</summary>
    public Func<int, TenantWork?> WorkOf { get; init; } = static _ => null;

    /// <summary>Completes when this node does what a revision of the state says.</summary>
    public required Func<long, Task> AppliedAsync { get; init; }

    /// <summary>What the other nodes of a cluster say of their plugins.</summary>
    public Func<Task<IReadOnlyList<NodeReport>>> ReportsAsync { get; init; } = static () => Task.FromResult<IReadOnlyList<NodeReport>>([]);

    /// <summary>Applies the set-up file, or only tells what that would change.</summary>
    public required Func<bool, Task<SetupOutcome>> ApplySetupAsync { get; init; }

    /// <summary>Name of this node.</summary>
    public string Node { get; init; } = "";

    /// <summary>True: game days may run against tenants that are not marked as a test.</summary>
    public bool AllowsProductionGameDays { get; init; }

    /// <summary>Folder whose packages operators may name, or empty: none.</summary>
    public string PackagesFolder { get; init; } = "";
}
