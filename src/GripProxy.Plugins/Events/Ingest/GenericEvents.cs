using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Events in plain words (plugins-http.md §3.2): an object, a list, or a line each, with <c>user</c>, <c>data</c>, <c>time</c> and <c>id</c>. Stateless.</summary>
internal static class GenericEvents
{
    /// <summary>Whom events are about that do not say it.</summary>
    public const string Anonymous = "anonymous";

    private const int LongestId = 100;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly (string Synonym, string Name)[] Synonyms = [("user", "distinct_id"), ("data", "properties"), ("time", "timestamp"), ("id", "uuid")];

    /// <summary>Takes an object or a list.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="requireId">True: events that name nobody are refused.</param>
    public static (EventBatch? Batch, EventProblem? Problem) Open(byte[] body, bool requireId)
    {
        var (document, problem) = EventBody.ParsePlain(body);
        if (document is null)
            return (null, problem);
        if (EventBatch.ListOf(document.RootElement) is { } events)
            return Open([document], events, requireId);
        document.Dispose();
        return (null, new EventProblem(400, "invalid_json", "the body must be an event or a list of events"));
    }

    /// <summary>Takes lines; empty ones do not count, and one that is no JSON is refused alone.</summary>
    public static (EventBatch? Batch, EventProblem? Problem) OpenLines(byte[] body, bool requireId)
    {
        List<JsonDocument> documents = [];
        List<ArrivedEvent> events = [];
        foreach (var range in body.AsSpan().Split((byte)'\n'))
        {
            var line = body.AsSpan(range).Trim(" \t\r"u8);
            if (line.Length == 0)
                continue;
            var (document, problem) = EventBody.ParsePlain(line.ToArray());
            if (document is not null)
                documents.Add(document);
            events.Add(new ArrivedEvent(document?.RootElement ?? default, problem));
        }

        return Open(documents, events, requireId);
    }

    /// <summary>Writes an event with the names that the reader knows.</summary>
    public static ArrivedEvent Rename(JsonElement given, string tenant)
    {
        if (given.ValueKind != JsonValueKind.Object || !Synonyms.Any(pair => given.TryGetProperty(pair.Synonym, out _)))
            return new ArrivedEvent(given);
        string? foreign = null;
        if (!given.TryGetProperty("uuid", out _) && given.TryGetProperty("id", out var id))
        {
            if (id.ValueKind != JsonValueKind.String || CleanJson.Text(id) is not { Length: > 0 and <= LongestId } text)
                return new ArrivedEvent(given, EventProblem.Invalid("id", $"must be a text of 1 to {LongestId} characters"));
            foreign = Guid.TryParseExact(text, "D", out _) ? null : text;
        }

        return new ArrivedEvent(Write(given, tenant, foreign));
    }

    private static (EventBatch? Batch, EventProblem? Problem) Open(IReadOnlyList<JsonDocument> documents, IReadOnlyList<ArrivedEvent> events, bool requireId)
    {
        var batch = new EventBatch(documents, events) { Form = Rename, DefaultId = requireId ? null : Anonymous };
        if (batch.FindKey(null) is not { } problem)
            return (batch, null);
        batch.Dispose();
        return (null, problem);
    }

    private static JsonElement Write(JsonElement given, string tenant, string? foreign)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            var hasProperties = false;
            foreach (var member in given.EnumerateObject())
            {
                var (synonym, name) = Synonyms.FirstOrDefault(pair => member.NameEquals(pair.Synonym));
                // Where both are there, the proper name counts.
                if (synonym is not null && given.TryGetProperty(name, out _))
                    continue;
                name = synonym is null ? CleanJson.Name(member) : name;
                hasProperties |= name == "properties";
                json.WritePropertyName(name);
                if (foreign is not null && name == "uuid")
                    json.WriteStringValue(NamedUuid.Of(tenant, foreign));
                else if (foreign is not null && name == "properties" && member.Value.ValueKind == JsonValueKind.Object)
                    WriteProperties(json, member.Value, foreign);
                else
                    member.Value.WriteTo(json);
            }

            if (foreign is not null && !hasProperties)
            {
                json.WritePropertyName("properties");
                WriteProperties(json, default, foreign);
            }

            json.WriteEndObject();
        }

        return EventJson.Parse(buffer.WrittenSpan);
    }

    private static void WriteProperties(Utf8JsonWriter json, JsonElement given, string foreign)
    {
        json.WriteStartObject();
        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in given.EnumerateObject().Where(static member => !member.NameEquals("$source_id"u8)))
                member.WriteTo(json);
        }

        json.WriteString("$source_id", foreign);
        json.WriteEndObject();
    }
}
