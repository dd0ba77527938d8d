using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using GripProxy.Origin.Instructs;

namespace GripProxy.Origin.Publishing;

/// <summary>Builds the JSON of an item's formats (PUB-12 to PUB-14).</summary>
internal static class FormatJson
{
    /// <summary>A format that only asks for an action.</summary>
    public static JsonObject Action(string action) => new() { ["action"] = action };

    /// <summary>An <c>http-response</c> without its body. Headers keep their order; unsafe ones are refused.</summary>
    public static JsonObject Response(IEnumerable<KeyValuePair<string, string>>? headers, int code)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(code);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 999);
        var format = new JsonObject();
        if (code != 200)
            format["code"] = code;
        if (headers is null)
            return format;
        var list = new JsonArray();
        foreach (var (name, value) in headers)
            list.Add(new JsonArray(HeaderValue.CheckToken(name, nameof(headers)), HeaderValue.Check(value, nameof(headers))));
        format["headers"] = list;
        return format;
    }

    /// <summary>Sets text as <paramref name="name"/>, and bytes that are no UTF-8 as its <c>-bin</c> twin in Base64.</summary>
    public static void SetContent(JsonObject format, string name, ReadOnlySpan<byte> content)
    {
        if (Utf8.IsValid(content))
            format[name] = Encoding.UTF8.GetString(content);
        else
            format[name + "-bin"] = Convert.ToBase64String(content);
    }

    /// <summary>Reads a JSON array, or throws <see cref="ArgumentException"/>.</summary>
    public static JsonArray ParseArray(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        try
        {
            if (JsonNode.Parse(text) is JsonArray array)
                return array;
        }
        catch (JsonException problem)
        {
            throw new ArgumentException("A JSON array of patch operations was expected: " + problem.Message, parameter, problem);
        }

        throw new ArgumentException("A JSON array of patch operations was expected.", parameter);
    }

    /// <summary>The body of <c>POST /publish/</c> (PUB-05).</summary>
    public static byte[] WriteItems(IReadOnlyList<GripItem> items)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var item in items)
                WriteItem(json, item);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteItem(Utf8JsonWriter json, GripItem item)
    {
        json.WriteStartObject();
        json.WriteString("channel", item.Channel);
        if (item.Id is { } id)
            json.WriteString("id", id);
        if (item.PrevId is { } prevId)
            json.WriteString("prev-id", prevId);
        json.WriteStartObject("formats");
        foreach (var (name, format) in item.Formats)
        {
            json.WritePropertyName(name);
            format.WriteTo(json);
        }

        json.WriteEndObject();
        if (item.Meta.Count > 0)
        {
            json.WriteStartObject("meta");
            foreach (var (name, value) in item.Meta)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        if (item.NoSequence)
            json.WriteBoolean("no-seq", true);
        json.WriteEndObject();
    }
}
