using System.Buffers;
using System.Buffers.Text;

namespace GripProxy.Protocol.WebSockets;

/// <summary>Writes events as bodies of type <c>application/websocket-events</c> hold them (WOH-03). Stateless.</summary>
public static class WebSocketEventWriter
{
    /// <summary>The media type, which stands alone, without parameters (WOH-04).</summary>
    public const string ContentType = "application/websocket-events";

    /// <summary>Most bytes that the line and the line breaks of one event add to its content.</summary>
    public const int MaxOverhead = 10 + 1 + 8 + 2 + 2;

    internal static ReadOnlySpan<WebSocketEventType> Types =>
    [
        WebSocketEventType.Text, WebSocketEventType.Binary, WebSocketEventType.Ping, WebSocketEventType.Pong, WebSocketEventType.Open,
        WebSocketEventType.Close, WebSocketEventType.Disconnect,
    ];

    /// <summary>Appends one event. Text and binary messages always have a length, all others only if there is content.</summary>
    public static void Write(IBufferWriter<byte> output, WebSocketEventType type, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Advance(Write(output.GetSpan(content.Length + MaxOverhead), type, content));
    }

    /// <summary>
    /// Writes one event to the beginning of <paramref name="destination"/>, which needs room for the content and <see cref="MaxOverhead"/>
    /// bytes. Gives back how many bytes it took.
    /// </summary>
    public static int Write(Span<byte> destination, WebSocketEventType type, ReadOnlySpan<byte> content)
    {
        var name = NameOf(type);
        name.CopyTo(destination);
        var length = name.Length;
        if (content.Length == 0 && type is not (WebSocketEventType.Text or WebSocketEventType.Binary))
            return length + Break(destination[length..]);
        destination[length++] = (byte)' ';
        Utf8Formatter.TryFormat(content.Length, destination[length..], out var digits, 'x');
        length += digits;
        length += Break(destination[length..]);
        content.CopyTo(destination[length..]);
        length += content.Length;
        return length + Break(destination[length..]);
    }

    internal static ReadOnlySpan<byte> NameOf(WebSocketEventType type) => type switch
    {
        WebSocketEventType.Open => "OPEN"u8,
        WebSocketEventType.Text => "TEXT"u8,
        WebSocketEventType.Binary => "BINARY"u8,
        WebSocketEventType.Ping => "PING"u8,
        WebSocketEventType.Pong => "PONG"u8,
        WebSocketEventType.Close => "CLOSE"u8,
        WebSocketEventType.Disconnect => "DISCONNECT"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no type of an event"),
    };

    private static int Break(Span<byte> destination)
    {
        "\r\n"u8.CopyTo(destination);
        return 2;
    }
}
