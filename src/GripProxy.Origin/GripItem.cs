using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Origin.Instructs;
using GripProxy.Origin.Publishing;

namespace GripProxy.Origin;

/// <summary>
/// One message to publish (PUB-10): a channel and up to three formats, one for each kind of held client. Every method sets the format it
/// names, replacing what was set before. Owned by who builds it, not changed any more once it is published.
/// </summary>
/// <remarks>Names, ids and header values must be free of control characters; <see cref="ArgumentException"/> otherwise.</remarks>
public sealed class GripItem
{
    private readonly Dictionary<string, JsonObject> _formats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _meta = new(StringComparer.Ordinal);
    private readonly string? _id;
    private readonly string? _prevId;

    /// <summary>A message for the channel, as the proxy knows it: with the route's prefix, if the route has one (HTTP-42).</summary>
    public GripItem(string channel)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        Channel = HeaderValue.Check(channel, nameof(channel));
    }

    /// <summary>The channel.</summary>
    public string Channel { get; }

    /// <summary>Id of this message, or null. The proxy drops a second one with the same id within a minute (PUB-30).</summary>
    public string? Id
    {
        get => _id;
        init => _id = value is null ? null : HeaderValue.Check(value, nameof(value));
    }

    /// <summary>Id of the message before this one on the channel, or null. With it the proxy restores the order (PUB-31).</summary>
    public string? PrevId
    {
        get => _prevId;
        init => _prevId = value is null ? null : HeaderValue.Check(value, nameof(value));
    }

    /// <summary>True: deliver at once, whatever the order (PUB-31).</summary>
    public bool NoSequence { get; init; }

    internal IReadOnlyDictionary<string, JsonObject> Formats => _formats;

    internal IReadOnlyDictionary<string, string> Meta => _meta;

    /// <summary>A variable that filters look at (FLT-02), for example <c>sender</c> for <c>skip-self</c>.</summary>
    public GripItem WithMeta(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        _meta[name] = value;
        return this;
    }

    /// <summary>Answers held long-polls with this text (PUB-12).</summary>
    /// <param name="body">The body.</param>
    /// <param name="contentType">Its type, for example <c>application/json</c>.</param>
    public GripItem WithHttpResponse(string body, string contentType)
    {
        ArgumentNullException.ThrowIfNull(body);
        return WithHttpResponse(Encoding.UTF8.GetBytes(body), [KeyValuePair.Create("Content-Type", contentType)]);
    }

    /// <summary>Answers held long-polls with these bytes (PUB-12).</summary>
    /// <param name="body">The body.</param>
    /// <param name="headers">Headers that replace those of the template, or null: the template's stay.</param>
    /// <param name="code">Status, 0 to 999.</param>
    public GripItem WithHttpResponse(ReadOnlyMemory<byte> body, IEnumerable<KeyValuePair<string, string>>? headers = null, int code = 200)
    {
        var format = FormatJson.Response(headers, code);
        FormatJson.SetContent(format, "body", body.Span);
        return Set("http-response", format);
    }

    /// <summary>Answers held long-polls with their template, changed by a list of JSON patch operations (RFC 6902, PUB-12).</summary>
    /// <exception cref="ArgumentException">The text is no JSON array.</exception>
    public GripItem WithHttpResponsePatch(string operations)
    {
        var format = FormatJson.Response(null, 200);
        format["body-patch"] = FormatJson.ParseArray(operations, nameof(operations));
        return Set("http-response", format);
    }

    /// <summary>Writes this text into held streams (PUB-13).</summary>
    public GripItem WithHttpStream(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return WithHttpStream(Encoding.UTF8.GetBytes(content));
    }

    /// <summary>Writes these bytes into held streams (PUB-13).</summary>
    public GripItem WithHttpStream(ReadOnlyMemory<byte> content)
    {
        var format = new JsonObject();
        FormatJson.SetContent(format, "content", content.Span);
        return Set("http-stream", format);
    }

    /// <summary>Writes an event into held streams of server-sent events, see <see cref="ServerSentEvent.Write"/>.</summary>
    /// <param name="data">Any text, of any number of lines.</param>
    /// <param name="name">What the client listens for, or null for <c>message</c>. One line.</param>
    /// <param name="id">What the browser sends back as <c>Last-Event-ID</c>, or null. One line.</param>
    public GripItem WithServerSentEvent(string data, string? name = null, string? id = null) => WithHttpStream(ServerSentEvent.Write(data, name, id));

    /// <summary>Ends held streams (PUB-16c).</summary>
    public GripItem WithHttpStreamClose() => Set("http-stream", FormatJson.Action("close"));

    /// <summary>Makes the proxy ask the origin again for held long-polls and for streams with a next link (PUB-16b).</summary>
    public GripItem WithHint() => Set("http-response", FormatJson.Action("hint")).Set("http-stream", FormatJson.Action("hint"));

    /// <summary>Sends a text message to WebSockets (PUB-14).</summary>
    public GripItem WithWebSocketMessage(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Set("ws-message", new JsonObject { ["type"] = "text", ["content"] = text });
    }

    /// <summary>Sends a binary message to WebSockets (PUB-14).</summary>
    public GripItem WithWebSocketMessage(ReadOnlyMemory<byte> content) =>
        Set("ws-message", new JsonObject { ["type"] = "binary", ["content-bin"] = Convert.ToBase64String(content.Span) });

    /// <summary>Makes the proxy ask the origin of WebSockets that it brings as HTTP requests, with whatever events it has (PUB-16d, WOH-15).</summary>
    public GripItem WithWebSocketRefresh() => Set("ws-message", FormatJson.Action("refresh"));

    /// <summary>Closes WebSockets (PUB-14).</summary>
    /// <param name="code">Close code.</param>
    /// <param name="reason">Close reason, at most 123 bytes of UTF-8.</param>
    public GripItem WithWebSocketClose(int code = 1000, string reason = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 4999);
        ArgumentNullException.ThrowIfNull(reason);
        if (Encoding.UTF8.GetByteCount(reason) > 123)
            throw new ArgumentException("A close reason has at most 123 bytes (RFC 6455, 5.5).", nameof(reason));
        var format = FormatJson.Action("close");
        format["code"] = code;
        format["reason"] = reason;
        return Set("ws-message", format);
    }

    private GripItem Set(string name, JsonObject format)
    {
        _formats[name] = format;
        return this;
    }
}
