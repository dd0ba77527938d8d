using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Packages;

/// <summary>What <c>plugin.json</c> says (plugins-api.md §1.2). Immutable.</summary>
internal sealed record PluginManifest
{
    /// <summary>Name shown to people, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Version, or null.</summary>
    public string? Version { get; init; }

    /// <summary>Main file, or null.</summary>
    public string? Main { get; init; }

    /// <summary>The configuration form, in the order shown.</summary>
    public IReadOnlyList<ConfigField> Config { get; init; } = [];

    /// <summary>Routes that it suggests for installs without their own, as written, or null.</summary>
    public JsonNode? Routes { get; init; }

    /// <summary>Patterns of hosts that it wants to reach, in lower case.</summary>
    public IReadOnlyList<string> Egress { get; init; } = [];

    /// <summary>Names of jobs that a tenant's token may start.</summary>
    public IReadOnlyList<string> PublicJobs { get; init; } = [];

    /// <summary>What is odd about it and does not matter.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
