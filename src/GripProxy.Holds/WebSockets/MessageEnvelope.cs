using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Wraps the items of a channel in JSON that says where they come from (LOG-08). Equal ones make equal bytes, so that connections share them.
/// Immutable.
/// </summary>
/// <param name="Framing">How messages look on the way to the client.</param>
/// <param name="Channel">The channel's name without route prefix.</param>
/// <param name="HasLog">True if the channel has a log, so that its items have positions.</param>
internal sealed record MessageEnvelope(WebSocketFraming Framing, string Channel, bool HasLog)
{
    // The text goes into a WebSocket, not into a page: it needs no more than JSON asks for.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of an item's message; pings and pongs have no envelope.</summary>
    public ReadOnlyMemory<byte> Encode(Item item, ReadOnlyMemory<byte> content)
    {
        var type = item.WebSocketMessage!.Type; // Only items with this format are delivered.
        if (type is WebSocketMessageType.Ping or WebSocketMessageType.Pong)
            return Framing.Encode(type.PartKind(), content);
        return Write(json =>
        {
            WritePosition(json, item.Position);
            if (item.Id is not null)
                json.WriteString("id", item.Id);
            if (type == WebSocketMessageType.Text && Utf8.IsValid(content.Span))
                json.WriteString("content", content.Span);
            else
                json.WriteBase64String("content-bin", content.Span);
        });
    }

    /// <summary>The bytes of the first message on the channel: whether the client goes on where it was.</summary>
    /// <param name="outcome">Null: nobody asked to.</param>
    /// <param name="at">Where the client stands, or null: there is no log.</param>
    public ReadOnlyMemory<byte> EncodeOutcome(ResumeOutcome? outcome, Position? at) => Write(json =>
    {
        WritePosition(json, at);
        if (outcome is null)
            json.WriteNull("resumed");
        else
            json.WriteBoolean("resumed", outcome == ResumeOutcome.Resumed);
        if (outcome is { } reason and not ResumeOutcome.Resumed)
            json.WriteString("reason", reason.Word());
    });

    private void WritePosition(Utf8JsonWriter json, Position? position)
    {
        if (HasLog && position is not null)
            json.WriteString("position", position.Value.ToString());
    }

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
