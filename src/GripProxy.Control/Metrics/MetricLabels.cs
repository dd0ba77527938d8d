using System.Runtime.InteropServices;
using System.Text;

namespace GripProxy.Control.Metrics;

/// <summary>The values of a series' labels, which name it within its family. Immutable.</summary>
/// <param name="First">The first value, or empty; where there are more than two, all but the last.</param>
/// <param name="Last">The last value, or empty.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MetricLabels(string First, string Last)
{
    /// <summary>The values of a measurement's labels.</summary>
    public static MetricLabels Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length switch
    {
        0 => new("", ""),
        1 => new("", Value(tags[0])),
        2 => new(Value(tags[0]), Value(tags[1])),
        _ => new(Join(tags[..^1]), Value(tags[^1])),
    };

    /// <summary>Names and values as they stand in the text, without braces; empty: no labels.</summary>
    public static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var tag in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(tag.Key).Append("=\"").Append(Escape(Value(tag))).Append('"');
        }

        return text.ToString();
    }

    private static string Value(KeyValuePair<string, object?> tag) => tag.Value as string ?? tag.Value?.ToString() ?? "";

    private static string Join(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new StringBuilder();
        foreach (var tag in tags)
            values.Append(Value(tag)).Append('\n');
        return values.ToString();
    }

    // Route ids are the operator's words.
    private static string Escape(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
