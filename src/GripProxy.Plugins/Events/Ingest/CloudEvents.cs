using System.Buffers;
using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>CloudEvents 1.0 over HTTP (plugins-http.md §3.3): one as JSON, a list as JSON, or attributes in <c>ce-</c> headers. Stateless.</summary>
internal static class CloudEvents
{
    private const string Structured = "application/cloudevents+json";
    private const string Batched = "application/cloudevents-batch+json";
    private const string HeaderPrefix = "ce-";

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // Those that become something else than a property.
    private static readonly string[] Mapped = ["specversion", "type", "id", "subject", "time", "data", "data_base64"];

    /// <summary>Takes the events of a request.</summary>
    /// <param name="request">For the headers.</param>
    /// <param name="body">Its body, unpacked.</param>
    public static (EventBatch? Batch, EventProblem? Problem) Open(HttpRequest request, byte[] body)
    {
        var type = MediaType(request);
        if (type is not (Structured or Batched))
        {
            return request.Headers.Keys.Any(static name => name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                ? OpenBinary(request, type, body)
                : (null, new EventProblem(415, "unsupported_media_type", $"send {Structured}, {Batched}, or the attributes in {HeaderPrefix}… headers"));
        }

        var (document, problem) = EventBody.ParsePlain(body);
        if (document is null)
            return (null, problem);
        var expected = type == Structured ? JsonValueKind.Object : JsonValueKind.Array;
        if (document.RootElement.ValueKind == expected)
            return Open([document], EventBatch.ListOf(document.RootElement)!); // It is one of the two.
        document.Dispose();
        return (null, new EventProblem(400, "invalid_json", $"the body of {type} must be {(type == Structured ? "an object" : "a list")}"));
    }

    /// <summary>Writes an event with the names that the reader knows.</summary>
    public static ArrivedEvent Map(JsonElement given, string tenant)
    {
        if (given.ValueKind != JsonValueKind.Object)
            return new ArrivedEvent(given, EventProblem.Invalid("event", "is no JSON object"));
        foreach (var name in (string[])["specversion", "type", "id", "source"])
        {
            if (Text(given, name) is not { Length: > 0 })
                return new ArrivedEvent(given, EventProblem.Invalid(name, "is missing: a CloudEvent must have it, as a text"));
        }

        if (Text(given, "specversion") != "1.0")
            return new ArrivedEvent(given, EventProblem.Invalid("specversion", "must be 1.0"));
        foreach (var member in given.EnumerateObject().Where(static member => !member.NameEquals("data"u8)))
        {
            if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                return new ArrivedEvent(given, EventProblem.Invalid(CleanJson.Name(member), "must be a text, a number or a truth value"));
        }

        return new ArrivedEvent(Write(given, tenant));
    }

    private static (EventBatch? Batch, EventProblem? Problem) Open(IReadOnlyList<JsonDocument> documents, IReadOnlyList<ArrivedEvent> events)
    {
        var batch = new EventBatch(documents, events) { Form = Map };
        if (events.Count > 0)
            return (batch, null);
        batch.Dispose();
        return (null, new EventProblem(400, "empty_batch", "the batch holds no event"));
    }

    private static (EventBatch? Batch, EventProblem? Problem) OpenBinary(HttpRequest request, string type, byte[] body)
    {
        var isJson = type == MediaTypeNames.Application.Json || type.EndsWith("+json", StringComparison.Ordinal);
        JsonDocument? data = null;
        if (isJson && body.Length > 0)
        {
            (data, var problem) = EventBody.ParsePlain(body);
            if (data is null)
                return (null, problem);
        }

        using (data)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer, JsonOptions))
            {
                json.WriteStartObject();
                foreach (var (name, value) in request.Headers.Where(static header => header.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)))
                    WriteAttribute(json, name[HeaderPrefix.Length..].ToLowerInvariant(), value.ToString());
                if (type.Length > 0)
                    json.WriteString("datacontenttype", request.ContentType);
                WriteData(json, type, body, data);
                json.WriteEndObject();
            }

            return Open([], [new ArrivedEvent(EventJson.Parse(buffer.WrittenSpan))]);
        }
    }

    // A header of the name of a member that is none of the attributes would be taken for it.
    private static void WriteAttribute(Utf8JsonWriter json, string name, string value)
    {
        if (name is not ("data" or "data_base64" or "datacontenttype"))
            json.WriteString(name, Uri.UnescapeDataString(value));
    }

    private static void WriteData(Utf8JsonWriter json, string type, byte[] body, JsonDocument? data)
    {
        if (body.Length == 0)
            return;
        if (data is not null)
        {
            json.WritePropertyName("data");
            data.RootElement.WriteTo(json);
        }
        else if (type.StartsWith("text/", StringComparison.Ordinal))
        {
            json.WriteString("data", Encoding.UTF8.GetString(body));
        }
        else
        {
            json.WriteBase64String("data_base64", body);
        }
    }

    private static JsonElement Write(JsonElement given, string tenant)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("event", Text(given, "type"));
            json.WriteString("distinct_id", Text(given, "subject") is { Length: > 0 } subject ? subject : Text(given, "source"));
            json.WriteString("uuid", UuidOf(given, tenant));
            if (given.TryGetProperty("time", out var time) && time.ValueKind != JsonValueKind.Null)
            {
                json.WritePropertyName("timestamp");
                time.WriteTo(json);
            }

            json.WriteStartObject("properties");
            WriteProperties(json, given);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return EventJson.Parse(buffer.WrittenSpan);
    }

    // An id is its source's alone.
    private static Guid UuidOf(JsonElement given, string tenant)
    {
        var id = Text(given, "id");
        return Guid.TryParseExact(id, "D", out var uuid) ? uuid : NamedUuid.Of(tenant, $"{Text(given, "source")}\n{id}");
    }

    private static void WriteProperties(Utf8JsonWriter json, JsonElement given)
    {
        if (given.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in data.EnumerateObject().Where(member => !IsAttribute(given, CleanJson.Name(member))))
                member.WriteTo(json);
        }
        else if (data.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            json.WritePropertyName("data");
            data.WriteTo(json);
        }

        if (Text(given, "data_base64") is { } bytes)
            json.WriteString("data_base64", bytes);
        foreach (var member in given.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null))
        {
            if (CleanJson.Name(member) is var name && Mapped.Contains(name, StringComparer.Ordinal))
                continue;
            json.WritePropertyName($"$ce_{name}");
            member.Value.WriteTo(json);
        }
    }

    // Names of data that an attribute takes.
    private static bool IsAttribute(JsonElement given, string name) => name.StartsWith("$ce_", StringComparison.Ordinal) && given.TryGetProperty(name[4..], out _);

    private static string? Text(JsonElement given, string name) =>
        given.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? CleanJson.Text(member) : null;

    private static string MediaType(HttpRequest request) => request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
}
