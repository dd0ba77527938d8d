using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>Makes items out of the options and a content (CLI-20, PUB-10). Immutable.</summary>
internal sealed class ItemTemplate
{
    private readonly PublishArguments _arguments;
    private readonly int _code;
    private readonly List<KeyValuePair<string, string>> _headers = [];
    private readonly List<KeyValuePair<string, string>> _meta = [];

    private ItemTemplate(PublishArguments arguments, int code)
    {
        _arguments = arguments;
        _code = code;
        if (!string.IsNullOrEmpty(arguments.Sender))
            _meta.Add(KeyValuePair.Create("sender", arguments.Sender));
    }

    /// <summary>Checks the options; null with Pushpin's words for what is wrong.</summary>
    public static ItemTemplate? Read(PublishArguments arguments, out string error)
    {
        error = "";
        var isCode = int.TryParse(arguments.Code, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= 999;
        var template = new ItemTemplate(arguments, code);
        if (!isCode && !arguments.Hint && !arguments.Close)
            error = "code must be an integer between 0 and 999";
        else if (!Split(arguments.Headers, ':', template._headers))
            error = "header must be in the form \"name: value\"";
        else if (!Split(arguments.Meta, '=', template._meta))
            error = "meta must be in the form \"name=value\"";
        return error.Length == 0 ? template : null;
    }

    /// <summary>An item without content: a hint or a close.</summary>
    public ReadOnlyMemory<byte> Action() => Write(json =>
    {
        string[] formats = _arguments.Hint ? ["http-response", "http-stream", "ws-message"] : ["http-stream", "ws-message"];
        foreach (var format in formats)
        {
            json.WriteStartObject(format);
            json.WriteString("action", _arguments.Hint ? "hint" : "close");
            json.WriteEndObject();
        }
    });

    /// <summary>An item that patches held responses.</summary>
    public ReadOnlyMemory<byte> Patch(JsonArray operations) => Write(json => WriteResponse(json, () =>
    {
        json.WritePropertyName("body-patch");
        operations.WriteTo(json);
    }));

    /// <summary>An item with content in all three formats.</summary>
    /// <param name="content">The content.</param>
    /// <param name="isText">True: HTTP gets a line break behind it, unless that is switched off.</param>
    public ReadOnlyMemory<byte> Content(ReadOnlyMemory<byte> content, bool isText)
    {
        byte[] http = isText && !_arguments.NoEndOfLine ? [.. content.Span, (byte)'\n'] : content.ToArray();
        return Write(json =>
        {
            WriteResponse(json, () => WriteContent(json, "body", http));
            json.WriteStartObject("http-stream");
            WriteContent(json, "content", http);
            json.WriteEndObject();
            json.WriteStartObject("ws-message");
            WriteContent(json, "content", content.Span);
            json.WriteEndObject();
        });
    }

    private void WriteResponse(Utf8JsonWriter json, Action writeBody)
    {
        json.WriteStartObject("http-response");
        json.WriteNumber("code", _code);
        writeBody();
        if (_headers.Count > 0)
        {
            json.WriteStartArray("headers");
            foreach (var (name, value) in _headers)
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteStringValue(value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> writeFormats)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("channel", _arguments.Channel);
        if (!string.IsNullOrEmpty(_arguments.Id))
            json.WriteString("id", _arguments.Id);
        if (!string.IsNullOrEmpty(_arguments.PrevId))
            json.WriteString("prev-id", _arguments.PrevId);
        json.WriteStartObject("formats");
        writeFormats(json);
        json.WriteEndObject();
        if (_meta.Count > 0)
        {
            // The last one of a name counts.
            json.WriteStartObject("meta");
            foreach (var variable in _meta.GroupBy(variable => variable.Key, StringComparer.Ordinal))
                json.WriteString(variable.Key, variable.Last().Value);
            json.WriteEndObject();
        }

        if (_arguments.NoSequence)
            json.WriteBoolean("no-seq", true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteContent(Utf8JsonWriter json, string name, ReadOnlySpan<byte> content)
    {
        if (Utf8.IsValid(content))
            json.WriteString(name, content);
        else
            json.WriteBase64String(name + "-bin", content);
    }

    private static bool Split(IReadOnlyList<string> pairs, char separator, List<KeyValuePair<string, string>> list)
    {
        foreach (var pair in pairs)
        {
            var end = pair.IndexOf(separator, StringComparison.Ordinal);
            if (end < 0)
                return false;
            list.Add(KeyValuePair.Create(pair[..end], pair[(end + 1)..].Trim()));
        }

        return true;
    }
}
