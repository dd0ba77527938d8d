using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>Prints a list as a table: a head, and a line per entry, in columns as wide as needed. Immutable.</summary>
/// <param name="columns">Head and content of each column.</param>
internal sealed class AdminTable(params (string Head, Func<JsonNode, string> Text)[] columns)
{
    private const string Gap = "  ";

    /// <summary>The lines.</summary>
    public IEnumerable<string> Lines(IEnumerable<JsonNode?> items)
    {
        var rows = items.OfType<JsonNode>().Select(item => columns.Select(column => column.Text(item)).ToArray()).ToList();
        rows.Insert(0, [.. columns.Select(static column => column.Head)]);
        var widths = columns.Select((_, index) => rows.Max(row => row[index].Length)).ToArray();
        return rows.Select(row => string.Join(Gap, row.Select((text, index) => text.PadRight(widths[index]))).TrimEnd());
    }

    /// <summary>The text of a member; <c>-</c> where it is null or empty.</summary>
    public static string Text(JsonNode item, string name) => item[name] switch
    {
        null => "-",
        JsonArray list => list.Count == 0 ? "-" : string.Join(',', list),
        JsonObject pairs => pairs.Count == 0 ? "-" : string.Join(',', pairs.Select(static pair => $"{pair.Key}={pair.Value}")),
        var value => value.ToString() is { Length: > 0 } text ? text : "-",
    };
}
