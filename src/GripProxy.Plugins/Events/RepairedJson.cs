using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>
/// Writes JSON anew so that of equal names in an object the last remains, and no name or string holds half of a surrogate pair, which no text can
/// (plugins-http.md §3.4). Stateless.
/// </summary>
internal static class RepairedJson
{
    /// <summary>True if there may be something to repair; equal names are not looked for.</summary>
    public static bool MayBeNeeded(ReadOnlySpan<byte> json) => json.IndexOf("\\u"u8) >= 0;

    /// <summary>The bytes of the value.</summary>
    public static ReadOnlyMemory<byte> Write(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
            Write(json, value);
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
                foreach (var member in value.EnumerateObject())
                    members[CleanJson.Name(member)] = member.Value;
                json.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var member in value.EnumerateArray())
                    Write(json, member);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(CleanJson.Text(value));
                break;
            default:
                json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
        }
    }
}
