using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GripProxy.Plugins.Events;

/// <summary>Reads one event as clients of PostHog write it and turns it into what enters the chain (plugins-http.md §3.1, plugins-api.md §3.1).</summary>
/// <param name="maxBytes">Bytes of the largest event that is taken.</param>
/// <param name="keepMissingProperties">False: an event without <c>properties</c> gets empty ones.</param>
internal sealed class EventReader(int maxBytes, bool keepMissingProperties)
{
    private const int LongestName = 200;
    private const int LongestId = 200;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Reads an event.</summary>
    /// <param name="element">Its JSON.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="problem">Why it is not taken, or null.</param>
    public AcceptedEvent? Read(JsonElement element, EventSource source, out EventProblem? problem)
    {
        problem = null;
        if (element.ValueKind != JsonValueKind.Object)
            return Refuse(EventProblem.Invalid("event", "is no JSON object"), out problem);
        var properties = Object(element, "properties");
        var name = Find(element, "event") is { ValueKind: JsonValueKind.String } text ? CleanJson.Text(text).Trim() : "";
        if (name.Length is 0 or > LongestName)
            return Refuse(new EventProblem(400, "missing_event", $"event must be a text of 1 to {LongestName} characters") { Field = "event" }, out problem);
        if (Id(element, properties, source) is not { Length: > 0 and <= LongestId } id)
        {
            return Refuse(
                new EventProblem(400, "missing_distinct_id", $"distinct_id must be a text or number of 1 to {LongestId} characters") { Field = "distinct_id" }, out problem);
        }

        if (!TryReadUuid(element, source, out var uuid))
            return Refuse(EventProblem.Invalid("uuid", "is no UUID"), out problem);
        if (Check(element) is { } wrong)
            return Refuse(wrong, out problem);

        var body = Write(element, properties, source, name, id, uuid, out var dropped);
        return body.Length <= maxBytes
            ? new AcceptedEvent(id, uuid, Find(element, "uuid") is not null, body) { Name = name, DroppedNames = dropped }
            : Refuse(new EventProblem(413, "event_too_large", $"an event may have {maxBytes} bytes"), out problem);
    }

    private static AcceptedEvent? Refuse(EventProblem why, out EventProblem problem)
    {
        problem = why;
        return null;
    }

    private static JsonElement? Find(JsonElement? value, string name) =>
        value is { } known && known.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static JsonElement? Object(JsonElement value, string name) => Find(value, name) is { ValueKind: JsonValueKind.Object } found ? found : null;

    private static string? Id(JsonElement element, JsonElement? properties, EventSource source) =>
        (Find(element, "distinct_id") ?? Find(properties, "distinct_id") ?? Find(properties, "$distinct_id")) switch
        {
            { ValueKind: JsonValueKind.String } text => CleanJson.Text(text),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            null => source.DefaultId,
            _ => null,
        };

    private static bool TryReadUuid(JsonElement element, EventSource source, out Guid uuid)
    {
        if (Find(element, "uuid") is not { } given)
        {
            uuid = Guid.CreateVersion7(source.Now);
            return true;
        }

        uuid = default;
        return given.ValueKind == JsonValueKind.String && Guid.TryParseExact(CleanJson.Text(given), "D", out uuid);
    }

    private static EventProblem? Check(JsonElement element)
    {
        if (Find(element, "properties") is { ValueKind: not JsonValueKind.Object })
            return EventProblem.Invalid("properties", "must be an object");
        if (Find(element, "timestamp") is { ValueKind: not (JsonValueKind.String or JsonValueKind.Number) })
            return EventProblem.Invalid("timestamp", "must be a text or a number");
        if (Find(element, "offset") is { ValueKind: not JsonValueKind.Number })
            return EventProblem.Invalid("offset", "must be a number");
        foreach (var person in (string[])["$set", "$set_once"])
        {
            if (Find(element, person) is { ValueKind: not JsonValueKind.Object })
                return EventProblem.Invalid(person, "must be an object");
        }

        return null;
    }

    private ReadOnlyMemory<byte> Write(JsonElement element, JsonElement? properties, EventSource source, string name, string id, Guid uuid, out int dropped)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        dropped = element.EnumerateObject().Count(CleanJson.IsForbidden);
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("uuid", uuid);
            json.WriteString("event", name);
            json.WriteString("distinct_id", id);
            json.WriteNumber("team_id", source.Tenant);
            json.WriteString("ip", source.Address);
            json.WriteString("now", source.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            if ((Find(element, "sent_at") is { ValueKind: JsonValueKind.String } sent ? CleanJson.Text(sent) : source.SentAt) is { } sentAt)
                json.WriteString("sent_at", sentAt);
            WriteIfThere(json, element, "timestamp");
            WriteIfThere(json, element, "offset");
            dropped += WriteProperties(json, element, properties);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteIfThere(Utf8JsonWriter json, JsonElement element, string name)
    {
        if (Find(element, name) is not { } value)
            return;
        json.WritePropertyName(name);
        CleanJson.Write(json, value);
    }

    // Person properties of both places are joined, those at the top winning.
    private int WriteProperties(Utf8JsonWriter json, JsonElement element, JsonElement? properties)
    {
        var dropped = 0;
        var hasPerson = Object(element, "$set") is not null || Object(element, "$set_once") is not null;
        if (properties is null && !hasPerson && keepMissingProperties)
            return 0;
        json.WriteStartObject("properties");
        if (properties is { } given)
        {
            foreach (var member in given.EnumerateObject())
            {
                if (!member.NameEquals("$set"u8) && !member.NameEquals("$set_once"u8) && !member.NameEquals("token"u8))
                    dropped += CleanJson.WriteMember(json, member);
            }
        }

        foreach (var person in (string[])["$set", "$set_once"])
            dropped += WriteJoined(json, person, properties is { } all ? Object(all, person) : null, Object(element, person));
        json.WriteEndObject();
        return dropped;
    }

    private static int WriteJoined(Utf8JsonWriter json, string name, JsonElement? inside, JsonElement? top)
    {
        var dropped = 0;
        if (inside is null && top is null)
            return 0;
        json.WriteStartObject(name);
        if (inside is { } lower)
        {
            foreach (var member in lower.EnumerateObject())
            {
                if (top is not { } upper || !upper.TryGetProperty(member.Name, out _))
                    dropped += CleanJson.WriteMember(json, member);
            }
        }

        if (top is { } winning)
        {
            foreach (var member in winning.EnumerateObject())
                dropped += CleanJson.WriteMember(json, member);
        }

        json.WriteEndObject();
        return dropped;
    }
}
