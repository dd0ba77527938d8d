using System.Text.Json;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Routing;

/// <summary>An event that has left the chain, as routes look at it. Valid while its document is.</summary>
/// <param name="Root">The event.</param>
/// <param name="Tenant">Name of the tenant.</param>
/// <param name="Install">Name of the install whose routes are followed, or null.</param>
internal sealed record RoutedEvent(JsonElement Root, string Tenant, string? Install)
{
    /// <summary>The value at a path, or null.</summary>
    public JsonElement? Find(IReadOnlyList<string> path)
    {
        var at = Root;
        // Person properties lie inside the properties.
        if (path[0] is "$set" or "$set_once" && !TryStep(Root, "properties", out at))
            return null;
        foreach (var name in path)
        {
            if (!TryStep(at, name, out at))
                return null;
        }

        return at.ValueKind == JsonValueKind.Null ? null : at;
    }

    /// <summary>The value at a path as text: a string itself, anything else as JSON; null if there is none.</summary>
    public string? Text(IReadOnlyList<string> path)
    {
        if (path.Count == 1 && path[0] == "tenant")
            return Tenant;
        if (path.Count == 1 && path[0] == "install")
            return Install;
        return Find(path) is { } value ? value.ValueKind == JsonValueKind.String ? CleanJson.Text(value) : value.GetRawText() : null;
    }

    private static bool TryStep(JsonElement from, string name, out JsonElement to)
    {
        to = default;
        return from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out to);
    }
}
