using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>Makes the frames of whole messages for clients.</summary>
internal static class WholeFrames
{
    // As Pushpin does (WS-03).
    private const int FragmentSize = 8192;

    /// <summary>A message in as many frames as it takes.</summary>
    public static byte[] Message(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, bool isCompressed)
    {
        var fragments = Math.Max(1, (payload.Length + FragmentSize - 1) / FragmentSize);
        Span<byte> header = stackalloc byte[WebSocketFrameHeader.MaxSize];
        var last = payload.Length - ((fragments - 1) * FragmentSize);
        var size = payload.Length + ((fragments - 1) * Frame(opcode, false, isCompressed, FragmentSize).Write(header)) +
            Frame(opcode, true, isCompressed, last).Write(header);
        var result = new byte[size];
        var rest = result.AsSpan();
        for (var i = 0; i < fragments; i++)
        {
            var isFirst = i == 0;
            var content = i < fragments - 1 ? payload[..FragmentSize] : payload;
            var frame = Frame(isFirst ? opcode : WebSocketOpcode.Continuation, i == fragments - 1, isFirst && isCompressed, content.Length);
            rest = rest[frame.Write(rest)..];
            content.CopyTo(rest);
            rest = rest[content.Length..];
            payload = payload[content.Length..];
        }

        return result;
    }

    /// <summary>A control frame; nothing if it would be too long.</summary>
    public static byte[] Control(WebSocketPartKind kind, ReadOnlyMemory<byte> content)
    {
        if (!ControlFrames.TryPrepare(kind, ref content, out var opcode))
            return [];
        Span<byte> header = stackalloc byte[WebSocketFrameHeader.MaxSize];
        var size = Frame(opcode, isFinal: true, isCompressed: false, content.Length).Write(header);
        return [.. header[..size], .. content.Span];
    }

    private static WebSocketFrameHeader Frame(WebSocketOpcode opcode, bool isFinal, bool isCompressed, int length) =>
        new(opcode, isFinal, isCompressed, IsMasked: false, MaskKey: 0, length);
}
