using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Wraps the items of a channel in JSON that says where they come from (LOG-08). Equal ones make equal bytes, so that connections share them.
/// Immutable.
/// </summary>
/// <param name="Framing">How messages look on the way to the client.</param>
/// <param name="Channel">The channel's name without route prefix.</param>
internal sealed record MessageEnvelope(WebSocketFraming Framing, string Channel)
{
    // The text goes into a WebSocket, not into a page: it needs no more than JSON asks for.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of an item's message; pings and pongs have no envelope.</summary>
    public ReadOnlyMemory<byte> Encode(string? id, WebSocketMessageType type, ReadOnlyMemory<byte> content)
    {
        if (type is WebSocketMessageType.Ping or WebSocketMessageType.Pong)
            return Framing.Encode(type.PartKind(), content);
        return Write(json =>
        {
            if (id is not null)
                json.WriteString("id", id);
            if (type == WebSocketMessageType.Text && Utf8.IsValid(content.Span))
                json.WriteString("content", content.Span);
            else
                json.WriteBase64String("content-bin", content.Span);
        });
    }

    /// <summary>The bytes of the first message on the channel: whether the client goes on where it was.</summary>
    /// <param name="resumed">Null: nobody asked to.</param>
    /// <param name="reason">Why not, in the words of LOG-02, or null.</param>
    public ReadOnlyMemory<byte> EncodeOutcome(bool? resumed, string? reason) => Write(json =>
    {
        if (resumed is null)
            json.WriteNull("resumed");
        else
            json.WriteBoolean("resumed", resumed.Value);
        if (reason is not null)
            json.WriteString("reason", reason);
    });

    private ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("channel", Channel);
            members(json);
            json.WriteEndObject();
        }

        return Framing.Encode(WebSocketPartKind.Text, buffer.WrittenMemory);
    }
}
