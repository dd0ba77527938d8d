using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Origin.Requests;

/// <summary>Reads <c>Grip-Last: channel; last-id=x</c> (HTTP-34).</summary>
internal static class GripLastReader
{
    private const string Parameter = "last-id";

    /// <summary>The ids by channel; lines without an id are left out. Of two for one channel the later counts.</summary>
    public static FrozenDictionary<string, string> Read(StringValues lines)
    {
        if (lines.Count == 0)
            return FrozenDictionary<string, string>.Empty;
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            foreach (var element in Split(line ?? "", ','))
                ReadElement(element, ids);
        }

        return ids.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void ReadElement(string element, Dictionary<string, string> ids)
    {
        var parts = Split(element, ';');
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && part.AsSpan(0, equals).Trim().Equals(Parameter, StringComparison.OrdinalIgnoreCase))
                ids[parts[0]] = Unquote(part[(equals + 1)..].Trim());
        }
    }

    // Separators in double quotes do not split.
    private static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
                quoted = !quoted;
            else if (quoted && text[i] == '\\')
                i++;
            else if (!quoted && text[i] == separator)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        parts.Add(text[start..].Trim());
        return parts;
    }

    private static string Unquote(string value)
    {
        if (!value.StartsWith('"'))
            return value;
        var text = new System.Text.StringBuilder(value.Length);
        for (var i = 1; i < value.Length && value[i] != '"'; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
                i++;
            text.Append(value[i]);
        }

        return text.ToString();
    }
}
