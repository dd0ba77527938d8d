using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Routing;

/// <summary>The last touch after the chain: one time stamp, a valid uuid, nothing that was only for the way (plugins.md §7.3). Stateless.</summary>
internal static class FinalEvent
{
    private const string Deferred = "$plugins_deferred";

    // A client's clock may be ahead by a day of time zones, not more.
    private static readonly TimeSpan MostAhead = TimeSpan.FromHours(23);

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The event as it is published.</summary>
    /// <param name="processed">As it left the chain.</param>
    /// <param name="original">As it came in, whose uuid counts where a plugin made it invalid.</param>
    /// <param name="received">When it came in.</param>
    /// <param name="annotate">False to leave out which plugins it passed.</param>
    /// <param name="deferred">Plugins that it did not meet in the chain; null: none.</param>
    public static ReadOnlyMemory<byte> Write(
        JsonElement processed, JsonElement original, DateTimeOffset received, bool annotate, IReadOnlyList<string>? deferred = null)
    {
        var noted = annotate && deferred is { Count: > 0 } ? deferred : [];
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, JsonOptions);
        json.WriteStartObject();
        json.WriteString("uuid", Uuid(processed) ?? Uuid(original));
        foreach (var member in processed.EnumerateObject())
        {
            switch (member.Name)
            {
                case "uuid" or "timestamp" or "now" or "sent_at" or "offset" or "site_url":
                    break;
                case "properties" when (!annotate || noted.Count > 0) && member.Value.ValueKind == JsonValueKind.Object:
                    WriteProperties(json, member.Value, annotate, noted);
                    break;
                default:
                    json.WritePropertyName(member.Name);
                    json.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
                    break;
            }
        }

        if (noted.Count > 0 && !processed.TryGetProperty("properties", out _))
            WriteProperties(json, default, annotate, noted);
        json.WriteString("timestamp", Timestamp(processed, received).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>
    /// When the event happened: what its client says, corrected by how far the client's clock is from ours; without that, <c>offset</c> before it came in,
    /// or when it came in.
    /// </summary>
    internal static DateTimeOffset Timestamp(JsonElement root, DateTimeOffset received)
    {
        if (Time(root, "timestamp") is { } written)
        {
            var corrected = Time(root, "sent_at") is { } sent ? received + (written - sent) : written;
            return corrected - received > MostAhead ? received : corrected;
        }

        return root.TryGetProperty("offset", out var offset) && offset.ValueKind == JsonValueKind.Number && offset.TryGetDouble(out var milliseconds)
            && milliseconds is > 0 and < 1e12
            ? received - TimeSpan.FromMilliseconds(milliseconds)
            : received;
    }

    private static void WriteProperties(Utf8JsonWriter json, JsonElement properties, bool annotate, IReadOnlyList<string> deferred)
    {
        json.WriteStartObject("properties");
        if (properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in properties.EnumerateObject().Where(member => member.Name != Deferred && (annotate || member.Name is not ("$plugins_succeeded" or "$plugins_failed"))))
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
            }
        }

        if (deferred.Count > 0)
        {
            json.WriteStartArray(Deferred);
            foreach (var plugin in deferred)
                json.WriteStringValue(plugin);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string? Uuid(JsonElement root) =>
        root.TryGetProperty("uuid", out var uuid) && uuid.ValueKind == JsonValueKind.String && Guid.TryParseExact(CleanJson.Text(uuid), "D", out var valid)
            ? valid.ToString("D")
            : null;

    private static DateTimeOffset? Time(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var epoch) && epoch is > 0 and < 2.5e14)
            return DateTimeOffset.FromUnixTimeMilliseconds((long)epoch);
        return value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(CleanJson.Text(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
    }
}
