using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Metrics;

namespace GripProxy.Plugins.Admin;

/// <summary>Shows what an install did (plugins-http.md §4.3, §4.7). Stateless.</summary>
internal static class MetricsJson
{
    // What every plugin with exportEvents has (plugins.md §11.2).
    private static readonly string[] Exports = ["events_seen", "events_delivered_successfully", "undelivered_events", "retry_errors", "other_errors"];

    /// <summary>The last minute and hour.</summary>
    /// <param name="use">What is known of the tenant, or null: nothing of it ran here.</param>
    /// <param name="install">Name of the install.</param>
    public static JsonObject Recent(PluginUse? use, string install) =>
        new() { ["minute"] = Totals(use?.Minute(install) ?? default), ["hour"] = Totals(use?.Hour(install) ?? default) };

    /// <summary>Days, the oldest first; those without anything are left out.</summary>
    public static JsonArray Days(IEnumerable<DailyValue> values) => new([.. values.GroupBy(static value => value.Day).OrderBy(static day => day.Key).Select(Day)]);

    /// <summary>The kinds of the plugin's own metrics.</summary>
    public static JsonObject Kinds(IEnumerable<DailyValue> values) => new(
        values.Where(IsOwn).DistinctBy(static value => value.Name).Select(static value => KeyValuePair.Create<string, JsonNode?>(value.Name, value.Kind)));

    private static bool IsOwn(DailyValue value) => value.Kind != PluginMetrics.Count && !Exports.Contains(value.Name, StringComparer.Ordinal);

    private static JsonObject Totals(UseTotals totals) => new()
    {
        ["calls"] = totals.Calls,
        ["errors"] = totals.Errors,
        ["dropped"] = totals.Dropped,
        ["published"] = totals.Published,
        ["seconds"] = totals.Seconds,
    };

    private static JsonNode Day(IGrouping<DateOnly, DailyValue> day)
    {
        var counted = day.Where(static value => value.Kind == PluginMetrics.Count).ToDictionary(static value => value.Name, static value => value.Value, StringComparer.Ordinal);
        var calls = new JsonObject();
        foreach (var (name, value) in counted.Where(static one => one.Key.StartsWith(PluginUse.CallsName, StringComparison.Ordinal)))
        {
            var parts = name.Split('/');
            if (calls[parts[1]] is not JsonObject results)
                calls[parts[1]] = results = [];
            results[parts[2]] = (long)value;
        }

        return new JsonObject
        {
            ["day"] = day.Key.ToString("o", CultureInfo.InvariantCulture),
            ["calls"] = calls,
            ["seconds"] = new JsonObject(counted.Where(static one => one.Key.StartsWith(PluginUse.SecondsName, StringComparison.Ordinal))
                .Select(static one => KeyValuePair.Create<string, JsonNode?>(one.Key[PluginUse.SecondsName.Length..], one.Value))),
            ["dropped"] = (long)counted.GetValueOrDefault(PluginUse.DroppedName),
            ["published"] = (long)counted.GetValueOrDefault(PluginUse.PublishedName),
            ["exports"] = Named(day.Where(static value => value.Kind != PluginMetrics.Count && !IsOwn(value))),
            ["custom"] = Named(day.Where(IsOwn)),
        };
    }

    private static JsonObject Named(IEnumerable<DailyValue> values) => new(values.Select(static value => KeyValuePair.Create<string, JsonNode?>(value.Name, value.Value)));
}
