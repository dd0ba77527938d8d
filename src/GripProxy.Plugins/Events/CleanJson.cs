using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>
/// Copies JSON of strangers without what would hurt JavaScript: names that reach prototypes are left out, and strings that no text can hold are repaired
/// (plugins-http.md §3.4).
/// </summary>
internal static class CleanJson
{
    /// <summary>True for names that are never kept.</summary>
    public static bool IsForbidden(JsonProperty member) =>
        member.NameEquals("__proto__"u8) || member.NameEquals("constructor"u8) || member.NameEquals("prototype"u8);

    /// <summary>Writes a value.</summary>
    /// <returns>How many members were left out.</returns>
    public static int Write(Utf8JsonWriter json, JsonElement value)
    {
        var dropped = 0;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                    dropped += WriteMember(json, member);
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var member in value.EnumerateArray())
                    dropped += Write(json, member);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                WriteText(json, value);
                break;
            default:
                json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
        }

        return dropped;
    }

    /// <summary>Writes a member unless its name is forbidden.</summary>
    /// <returns>How many members were left out.</returns>
    public static int WriteMember(Utf8JsonWriter json, JsonProperty member)
    {
        if (IsForbidden(member))
            return 1;
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        if (name.Contains((byte)'\\'))
            json.WritePropertyName(Repair(name));
        else
            json.WritePropertyName(name);
        return Write(json, member.Value);
    }

    /// <summary>The name of a member, repaired where it must be.</summary>
    public static string Name(JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return raw.Contains((byte)'\\') ? Repair(raw) : Encoding.UTF8.GetString(raw);
    }

    /// <summary>The text of a string, repaired where it must be.</summary>
    public static string Text(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        return raw.Contains((byte)'\\') ? Repair(raw) : Encoding.UTF8.GetString(raw);
    }

    private static void WriteText(Utf8JsonWriter json, JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        if (raw.Contains((byte)'\\'))
            json.WriteStringValue(Repair(raw));
        else
            json.WriteStringValue(raw);
    }

    // Undoes escapes. The parser has checked that they are well formed; halves of a pair alone are what it lets through and text cannot hold.
    private static string Repair(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (raw.IndexOf((byte)'\\') is var at and >= 0)
        {
            text.Append(Encoding.UTF8.GetString(raw[..at]));
            if (raw[at + 1] == 'u')
            {
                text.Append((char)Convert.ToUInt16(Encoding.ASCII.GetString(raw.Slice(at + 2, 4)), 16));
                raw = raw[(at + 6)..];
                continue;
            }

            text.Append((char)raw[at + 1] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                var other => other,
            });
            raw = raw[(at + 2)..];
        }

        text.Append(Encoding.UTF8.GetString(raw));
        return text.ToString().EnumerateRunes().Aggregate(new StringBuilder(text.Length), static (all, rune) => all.Append(rune.ToString())).ToString();
    }
}
