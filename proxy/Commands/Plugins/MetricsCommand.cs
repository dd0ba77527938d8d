using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin metrics</c>: what a plugin did, lately and by day (plugins-http.md §4.7). Stateless.</summary>
internal static class MetricsCommand
{
    private static readonly AdminTable Table = new(
        ("WHEN", static one => AdminTable.Text(one, "when")),
        ("CALLS", static one => AdminTable.Text(one, "calls")),
        ("ERRORS", static one => AdminTable.Text(one, "errors")),
        ("DROPPED", static one => AdminTable.Text(one, "dropped")),
        ("PUBLISHED", static one => AdminTable.Text(one, "published")),
        ("SECONDS", static one => ((double?)one["seconds"] ?? 0).ToString("0.###", CultureInfo.InvariantCulture)),
        ("OWN", static one => Named(one["own"])));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var tenant = new TenantOption();
        var plugin = new Argument<string>("plugin") { Description = "Name or id of the plugin." };
        return AdminOptions.Add(
            context,
            tenant.AddTo(new Command("metrics", "Show what a plugin did in the last minute and hour, today and in the seven days before, with its own metrics.") { plugin }),
            (result, session, cancellationToken) => session.ShowAsync(tenant.Path(result, "plugins", result.GetRequiredValue(plugin), "metrics"), Lines, cancellationToken));
    }

    private static IEnumerable<string> Lines(JsonNode metrics)
    {
        var rows = new JsonArray(Row("last minute", metrics["minute"]), Row("last hour", metrics["hour"]));
        foreach (var day in metrics["days"]?.AsArray() ?? [])
            rows.Add((JsonNode)DayRow(day));
        return Table.Lines(rows);
    }

    private static JsonObject Row(string when, JsonNode? totals)
    {
        var row = totals?.DeepClone() as JsonObject ?? [];
        row["when"] = when;
        return row;
    }

    private static JsonObject DayRow(JsonNode? day)
    {
        var results = (day?["calls"] as JsonObject ?? []).SelectMany(static method => method.Value as JsonObject ?? []).ToList();
        return new JsonObject
        {
            ["when"] = (string?)day?["day"],
            ["calls"] = results.Sum(static result => (long?)result.Value ?? 0),
            ["errors"] = results.Where(static result => result.Key is not ("ok" or "dropped")).Sum(static result => (long?)result.Value ?? 0),
            ["dropped"] = (long?)day?["dropped"] ?? 0,
            ["published"] = (long?)day?["published"] ?? 0,
            ["seconds"] = (day?["seconds"] as JsonObject ?? []).Sum(static method => (double?)method.Value ?? 0),
            ["own"] = new JsonObject(((string[])["exports", "custom"]).SelectMany(kind => day?[kind] as JsonObject ?? [])
                .Select(static one => KeyValuePair.Create(one.Key, one.Value?.DeepClone()))),
        };
    }

    private static string Named(JsonNode? own) =>
        own is JsonObject { Count: > 0 } named ? string.Join(", ", named.Select(static one => $"{one.Key} {one.Value}")) : "-";
}
