using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Packages;

/// <summary>One entry of a plugin's configuration form (plugins-api.md §1.2). Immutable.</summary>
internal sealed record ConfigField
{
    /// <summary>Key under which the plugin finds the value.</summary>
    public required string Key { get; init; }

    /// <summary><c>string</c>, <c>choice</c>, <c>json</c> or <c>attachment</c>.</summary>
    public string Type { get; init; } = "string";

    /// <summary>Value where none is given, or null.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>True if the value may not be empty.</summary>
    public bool Required { get; init; }

    /// <summary>Groups of pairs; where every pair of one group holds, the value may not be empty. A null value means any.</summary>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, string?>>> RequiredIf { get; init; } = [];

    /// <summary>True if the value is never shown again.</summary>
    public bool Secret { get; init; }

    /// <summary>What a choice may be.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}
