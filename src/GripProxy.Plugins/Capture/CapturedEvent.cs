using System.Buffers;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Capture;

/// <summary>Writes what plugins capture as events that can be read like any other (plugins-api.md §2, §3.9). Stateless.</summary>
internal static class CapturedEvent
{
    private static readonly string Version =
        typeof(CapturedEvent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly string[] Own = ["timestamp", "distinct_id", "$lib", "$lib_version"];

    /// <summary>The event of <c>posthog.capture(event, properties)</c>.</summary>
    /// <param name="name">What the plugin calls it; anything.</param>
    /// <param name="properties">An object, or anything.</param>
    /// <param name="plugin">Name of the plugin, whom it is about where it names nobody.</param>
    /// <param name="now">When it happened where it does not say.</param>
    public static JsonElement Of(JsonElement? name, JsonElement? properties, string plugin, DateTimeOffset now) => Write(json =>
    {
        var given = properties is { ValueKind: JsonValueKind.Object } ? properties.Value : default;
        WriteMember(json, "event", name);
        WriteOwn(json, given, "timestamp", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        WriteOwn(json, given, "distinct_id", plugin);
        json.WriteStartObject("properties");
        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in given.EnumerateObject().Where(static member => !Own.Contains(CleanJson.Name(member), StringComparer.Ordinal)))
                member.WriteTo(json);
        }

        json.WriteString("$lib", "gripproxy-plugins");
        json.WriteString("$lib_version", Version);
        WriteOwn(json, given, "distinct_id", plugin);
        json.WriteEndObject();
    });

    /// <summary>An event that <c>processEventBatch</c> gave in addition: as it is, with an identity of its own.</summary>
    public static JsonElement Surplus(JsonElement given) => Write(json =>
    {
        if (given.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in given.EnumerateObject().Where(static member => !member.NameEquals("uuid"u8)))
            member.WriteTo(json);
    });

    private static void WriteOwn(Utf8JsonWriter json, JsonElement given, string name, string fallback)
    {
        if (given.ValueKind == JsonValueKind.Object && given.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            WriteMember(json, name, value);
        else
            json.WriteString(name, fallback);
    }

    private static void WriteMember(Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is not { } known)
            return;
        json.WritePropertyName(name);
        known.WriteTo(json);
    }

    private static JsonElement Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return EventJson.Parse(buffer.WrittenSpan);
    }
}
