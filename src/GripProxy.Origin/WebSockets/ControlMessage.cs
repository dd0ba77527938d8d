using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Origin.WebSockets;

/// <summary>Writes control messages (WS-12): text that the proxy takes for itself. Stateless.</summary>
internal static class ControlMessage
{
    public static ReadOnlyMemory<byte> Subscribe(string channel, string? prevId, IReadOnlyCollection<string> filters) => Write("subscribe", json =>
    {
        json.WriteString("channel", channel);
        if (filters.Count > 0)
        {
            json.WriteStartArray("filters");
            foreach (var filter in filters)
                json.WriteStringValue(filter);
            json.WriteEndArray();
        }

        if (prevId is not null)
            json.WriteString("prev-id", prevId);
    });

    public static ReadOnlyMemory<byte> Unsubscribe(string channel) => Write("unsubscribe", json => json.WriteString("channel", channel));

    public static ReadOnlyMemory<byte> Detach() => Write("detach");

    public static ReadOnlyMemory<byte> KeepAlive(WebSocketMessageType type, ReadOnlyMemory<byte> content, int seconds, KeepAliveMode mode) =>
        Write("keep-alive", json =>
        {
            WriteMessage(json, type, content.Span, seconds);
            if (mode == KeepAliveMode.Interval)
                json.WriteString("mode", "interval");
        });

    public static ReadOnlyMemory<byte> StopKeepAlive() => Write("keep-alive");

    public static ReadOnlyMemory<byte> SendDelayed(WebSocketMessageType type, ReadOnlyMemory<byte> content, int seconds) =>
        Write("send-delayed", json => WriteMessage(json, type, content.Span, seconds));

    public static ReadOnlyMemory<byte> FlushDelayed() => Write("flush-delayed");

    public static ReadOnlyMemory<byte> SetMeta(string name, string? value) => Write("set-meta", json =>
    {
        json.WriteString("name", name);
        if (value is not null)
            json.WriteString("value", value);
    });

    // The type is always named: with content-bin the proxy would take it for text (WS-12d).
    private static void WriteMessage(Utf8JsonWriter json, WebSocketMessageType type, ReadOnlySpan<byte> content, int seconds)
    {
        json.WriteString("message-type", type switch
        {
            WebSocketMessageType.Text => "text",
            WebSocketMessageType.Binary => "binary",
            WebSocketMessageType.Ping => "ping",
            _ => "pong",
        });
        if (Utf8.IsValid(content))
            json.WriteString("content", content);
        else
            json.WriteBase64String("content-bin", content);
        json.WriteNumber("timeout", seconds);
    }

    private static ReadOnlyMemory<byte> Write(string type, Action<Utf8JsonWriter>? members = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("c:"u8);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", type);
        members?.Invoke(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
