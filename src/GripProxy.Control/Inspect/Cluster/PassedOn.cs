using System.Text.Json;
using GripProxy.Control.Http;
using GripProxy.Security.Access;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Control.Inspect.Cluster;

/// <summary>How a request is passed on to another node, and how its answer comes back: as JSON, whose members a node of another version may not know.</summary>
internal static class PassedOn
{
    /// <summary>The request as bytes.</summary>
    public static ReadOnlyMemory<byte> Write(string endpoint, OwnRequest request, ReadOnlyMemory<byte> body) => JsonAnswer.Bytes(json =>
    {
        json.WriteString("endpoint", endpoint);
        WriteTexts(json, "segments", request.Segments);
        json.WriteStartObject("query");
        foreach (var (name, values) in request.Query)
            WriteTexts(json, name, values);
        json.WriteEndObject();
        json.WriteStartArray("scope");
        foreach (var patterns in request.Scope.Limits)
            WriteTexts(json, name: null, patterns);
        json.WriteEndArray();
        json.WriteBase64String("body", body.Span);
    });

    /// <summary>The request of bytes. Throws <see cref="JsonException"/>, <see cref="KeyNotFoundException"/>, <see cref="FormatException"/> or
    /// <see cref="InvalidOperationException"/> if it is none.</summary>
    public static (string Endpoint, OwnRequest Request) Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        var query = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in root.GetProperty("query").EnumerateObject())
            query[parameter.Name] = ReadTexts(parameter.Value);
        var scope = ChannelScope.All;
        foreach (var patterns in root.GetProperty("scope").EnumerateArray())
            scope = scope.Intersect(ChannelScope.Of(ReadTexts(patterns)));
        var request = new OwnRequest(Http: null, ReadTexts(root.GetProperty("segments")), query, scope) { Body = root.GetProperty("body").GetBytesFromBase64() };
        return (root.GetProperty("endpoint").GetString() ?? "", request);
    }

    /// <summary>An answer as bytes.</summary>
    public static ReadOnlyMemory<byte> Write(ControlAnswer answer) => JsonAnswer.Bytes(json =>
    {
        json.WriteNumber("status", answer.Status);
        json.WritePropertyName("answer");
        json.WriteRawValue(answer.Body.Span);
    });

    /// <summary>The JSON of an answer, or null: it is no 200.</summary>
    public static JsonElement? ReadAnswer(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.GetProperty("status").GetInt32() == 200 ? document.RootElement.GetProperty("answer").Clone() : null;
    }

    private static string[] ReadTexts(JsonElement array) => [.. array.EnumerateArray().Select(static text => text.GetString() ?? "")];

    private static void WriteTexts(Utf8JsonWriter json, string? name, IEnumerable<string?> texts)
    {
        if (name is null)
            json.WriteStartArray();
        else
            json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text ?? "");
        json.WriteEndArray();
    }
}
