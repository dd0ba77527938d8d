using System.Globalization;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Running;

/// <summary>
/// Sees what somebody does to the target meanwhile: operational switches (PLG-56), plugins that are switched, exchanged, or come and go. Owned by the conductor.
/// </summary>
internal sealed class TargetChanges
{
    // What a plugin is that does not do what is wanted of it.
    private static readonly string[] Troubles = ["failed", "failed_update", "tripped", "incompatible", "awaiting_approval"];

    // What a switch may be narrowed to.
    private static readonly string[] Narrowed = ["tenant", "event_prefix"];

    private Dictionary<string, string>? _switches;
    private Dictionary<string, string>? _plugins;

    /// <summary>True if a line says that a plugin was taken out of service because it failed again and again.</summary>
    public static bool IsTrip(string line) => line.EndsWith(", tripped", StringComparison.Ordinal);

    /// <summary>Compares with the look before; the first one is the beginning.</summary>
    /// <param name="switches">The target's list of switches, or null: it does not tell.</param>
    /// <param name="plugins">The tenant's list of plugins, or null: it does not tell.</param>
    /// <returns>What has changed, a line each.</returns>
    public IReadOnlyList<string> See(JsonNode? switches, JsonNode? plugins)
    {
        var told = new List<string>();
        if (Texts(switches, SwitchText) is { } on)
        {
            told.AddRange(Changed(_switches, on).Select(static one => $"switch {one.Name} {one.Text ?? "off"}"));
            _switches = on;
        }

        if (Texts(plugins, PluginText) is { } there)
        {
            told.AddRange(Changed(_plugins, there).Select(static one => $"plugin {one.Name} {one.Text ?? "removed"}"));
            _plugins = there;
        }

        return told;
    }

    private static IEnumerable<(string Name, string? Text)> Changed(Dictionary<string, string>? before, Dictionary<string, string> now) => before is null
        ? []
        : before.Keys.Union(now.Keys).Order(StringComparer.Ordinal).Where(name => before.GetValueOrDefault(name) != now.GetValueOrDefault(name)).Select(name => (name, now.GetValueOrDefault(name)));

    // Null: no list.
    private static Dictionary<string, string>? Texts(JsonNode? list, Func<JsonObject, string> text)
    {
        if ((list as JsonObject)?["items"] is not JsonArray items)
            return null;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in items.OfType<JsonObject>())
            texts[one["name"]?.ToString() ?? ""] = text(one);
        return texts;
    }

    private static string SwitchText(JsonObject one)
    {
        if (one["on"]?.ToString() != "true")
            return "off";
        var about = string.Concat(Narrowed.Select(name => one[name]?.ToString() is { Length: > 0 } value ? $", {name} {value}" : ""));
        var until = DateTimeOffset.TryParse(one["until"]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at) ? $" until {at:HH:mm:ss} UTC" : "";
        var reason = one["reason"]?.ToString() is { Length: > 0 } why ? $" ({why})" : "";
        return $"on{about}{until}, by {one["by"]}{reason}";
    }

    private static string PluginText(JsonObject one) =>
        $"{(one["enabled"]?.ToString() == "true" ? "enabled" : "disabled")}, version {one["version"]}{(one["state"]?.ToString() is { } state && Troubles.Contains(state) ? $", {state}" : "")}";
}
