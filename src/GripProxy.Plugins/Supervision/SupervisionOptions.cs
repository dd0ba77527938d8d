namespace GripProxy.Plugins.Supervision;

/// <summary>When cells start, stop and give up (plugins.md §5.4, §5.5, §6).</summary>
public sealed class SupervisionOptions
{
    /// <summary>How many plugins share a process. Those of a tenant trust each other; a process of its own for each takes more memory.</summary>
    public CellIsolation Isolation { get; init; } = CellIsolation.Tenant;

    /// <summary>True: several tenants may share a process. Off: they could read each other's data.</summary>
    public bool AllowShared { get; init; }

    /// <summary>True if there may be only one tenant, because all would share a process.</summary>
    public bool IsForOneTenant => Isolation == CellIsolation.Shared && !AllowShared;

    /// <summary>Time without work after which a cell stops; zero: never. Ten minutes: a site with any traffic keeps its cell.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Processes that share the events of a tenant, by their distinct id; <see cref="AsLoadAsks"/>: as many as are needed. One: state that a plugin keeps in its
    /// memory is the same for all events.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Value of <see cref="Replicas"/> for a number that follows the load.</summary>
    public const int AsLoadAsks = 0;

    /// <summary>The most of them. As many as there are processors: more would only wait for each other.</summary>
    public int MostReplicas { get; init; } = Environment.ProcessorCount;

    /// <summary>Strikes within the window that switch an install off.</summary>
    public int Strikes { get; init; } = 3;

    /// <summary>The window of strikes.</summary>
    public TimeSpan StrikeWindow { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>After this an install that was switched off is tried once more.</summary>
    public TimeSpan Trip { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long events wait for plugins that are starting; then they pass them by.</summary>
    public TimeSpan StartWait { get; init; } = TimeSpan.FromMilliseconds(5000);

    /// <summary>A plugin whose set-up throws at once, without having asked for anything, is not tried again: its configuration is wrong.</summary>
    public bool SetupFailFast { get; init; } = true;
}
