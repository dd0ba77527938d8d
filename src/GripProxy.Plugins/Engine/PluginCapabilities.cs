namespace GripProxy.Plugins.Engine;

/// <summary>What a loaded plugin exports (plugins-api.md §2). Immutable.</summary>
internal sealed record PluginCapabilities
{
    /// <summary>Names of exported functions that the host calls.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Names of jobs.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>Names of functions that somebody may call and wait for (plugins.md §7.10).</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>Names of long runs (plugins.md §9.4).</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>What it wants done by the clock.</summary>
    public IReadOnlyList<CronTask> Schedules { get; init; } = [];

    /// <summary>True if the plugin has a place in the chain.</summary>
    public bool Processes => Has("processEvent") || Has("processEventBatch");

    /// <summary>True if it exports the function.</summary>
    public bool Has(string method) => Methods.Contains(method, StringComparer.Ordinal);
}
