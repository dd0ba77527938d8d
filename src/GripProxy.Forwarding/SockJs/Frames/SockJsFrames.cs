using System.Buffers;
using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Frames;

/// <summary>The frames of SockJS as text (SJS-03), without what a transport puts around them. Stateless.</summary>
internal static class SockJsFrames
{
    /// <summary>The session is open.</summary>
    public static readonly ReadOnlyMemory<byte> Open = "o"u8.ToArray();

    /// <summary>Nothing happened for a while.</summary>
    public static readonly ReadOnlyMemory<byte> Heartbeat = "h"u8.ToArray();

    /// <summary>Another request waits for the session's frames.</summary>
    public static readonly ReadOnlyMemory<byte> StillOpen = Close(2010, "Another connection still open");

    /// <summary>The client itself has closed the session.</summary>
    public static readonly ReadOnlyMemory<byte> AlreadyClosed = Close(3000, "Client already closed connection");

    /// <summary>The session is closed.</summary>
    /// <param name="content">Content of a WebSocket's close frame: two bytes of code and a reason, or nothing.</param>
    public static ReadOnlyMemory<byte> Close(ReadOnlySpan<byte> content) =>
        WebSocketClose.Read(content) is { } close ? Close(close.Code, close.Reason) : Close(0, "");

    /// <summary>All messages that wait, as one frame.</summary>
    /// <param name="elements">JSON strings, each with a comma in front.</param>
    public static byte[] Messages(ReadOnlySpan<byte> elements) => [.. "a["u8, .. elements[1..], .. "]"u8];

    private static ReadOnlyMemory<byte> Close(int code, string reason)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Encoding.ASCII.GetBytes($"c[{code},\""));
        SockJsText.Escape(Encoding.UTF8.GetBytes(reason.Length == 0 ? "Connection closed" : reason), isFinal: true, output);
        output.Write("\"]"u8);
        return output.WrittenMemory;
    }
}
