namespace GripProxy.Plugins.Switches;

/// <summary>The operational switches there are (plugins.md §13). Stateless.</summary>
internal static class SwitchName
{
    /// <summary>No <c>onEvent</c> and its kin, exports and webhooks: they wait.</summary>
    public const string PausePost = "pause_post";

    /// <summary>Nothing is run by the clock; times that pass are not made up.</summary>
    public const string PauseSchedules = "pause_schedules";

    /// <summary>Events are taken and wait.</summary>
    public const string PauseChain = "pause_chain";

    /// <summary>Events are published as they came in.</summary>
    public const string BypassPlugins = "bypass_plugins";

    /// <summary>Senders of a tenant's events, or of events whose names begin so, are told to come back later.</summary>
    public const string ShedIngest = "shed_ingest";

    /// <summary>The admin API only shows, except these switches.</summary>
    public const string ReadOnlyAdmin = "read_only_admin";

    /// <summary>All.</summary>
    public static IReadOnlyList<string> All { get; } = [PausePost, PauseSchedules, PauseChain, BypassPlugins, ShedIngest, ReadOnlyAdmin];
}
