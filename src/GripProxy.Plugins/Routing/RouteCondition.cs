using System.Text.Json;

namespace GripProxy.Plugins.Routing;

/// <summary>Which events a route is for: all that is said must hold (plugins.md §7.4). Immutable.</summary>
internal sealed record RouteCondition
{
    /// <summary>Names, or beginnings with a trailing <c>*</c>; empty: any.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Names that are left out.</summary>
    public IReadOnlyList<string> NotEvents { get; init; } = [];

    /// <summary>For a property the values one of which it must have, as JSON texts; an empty list: it must be there.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Properties { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>True if the event is one of those.</summary>
    public bool Holds(RoutedEvent routed)
    {
        var name = routed.Text(["event"]) ?? "";
        if (Events.Count > 0 && !Events.Any(pattern => Matches(pattern, name)))
            return false;
        if (NotEvents.Any(pattern => Matches(pattern, name)))
            return false;
        return Properties.All(pair => routed.Find(["properties", pair.Key]) is { } value && (pair.Value.Count == 0 || pair.Value.Any(wanted => IsEqual(value, wanted))));
    }

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : name == pattern;

    private static bool IsEqual(JsonElement value, string wanted)
    {
        using var document = JsonDocument.Parse(wanted);
        return JsonElement.DeepEquals(value, document.RootElement);
    }
}
