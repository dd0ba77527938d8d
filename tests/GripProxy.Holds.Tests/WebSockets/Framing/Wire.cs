using System.Text;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

/// <summary>Frames as they are on the wire, made and read with as little of the code under test as possible.</summary>
internal static class Wire
{
    private static readonly byte[] s_key = [0x12, 0xE5, 0x07, 0xC9];

    /// <summary>A frame of a client.</summary>
    public static byte[] Masked(int firstByte, params ReadOnlySpan<byte> content)
    {
        var masked = content.ToArray();
        for (var i = 0; i < masked.Length; i++)
            masked[i] ^= s_key[i % 4];
        return [(byte)firstByte, .. Length(content.Length, 0x80), .. s_key, .. masked];
    }

    /// <summary>A frame of an origin.</summary>
    public static byte[] Plain(int firstByte, params ReadOnlySpan<byte> content) => [(byte)firstByte, .. Length(content.Length, 0), .. content];

    public static byte[] Masked(int firstByte, string content) => Masked(firstByte, Encoding.UTF8.GetBytes(content));

    public static byte[] Plain(int firstByte, string content) => Plain(firstByte, Encoding.UTF8.GetBytes(content));

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>All parts of a message joined; checks that they are marked as what they are.</summary>
    public static async Task<(WebSocketPartKind Kind, byte[] Content, int Parts)> ReadMessageAsync(IWebSocketPeer peer)
    {
        var content = new MemoryStream();
        var parts = 0;
        while (true)
        {
            var part = await peer.ReadAsync();
            Assert.True(part.IsMessage, $"{part.Kind} {Convert.ToHexString(part.Content.Span)}");
            Assert.Equal(parts == 0, part.IsFirst);
            content.Write(part.Content.Span);
            parts++;
            if (part.IsLast)
                return (part.Kind, content.ToArray(), parts);
        }
    }

    /// <summary>Reads until the conversation is over and returns what came last.</summary>
    public static async Task<WebSocketPart> ReadToEndAsync(IWebSocketPeer peer)
    {
        while (true)
        {
            var part = await peer.ReadAsync();
            if (part.Kind is WebSocketPartKind.Close or WebSocketPartKind.Violation or WebSocketPartKind.Lost)
                return part;
        }
    }

    public static int CodeOf(WebSocketPart close) => (close.Content.Span[0] << 8) | close.Content.Span[1];

    private static byte[] Length(int length, int maskBit) => length switch
    {
        < 126 => [(byte)(length | maskBit)],
        < 65536 => [(byte)(126 | maskBit), (byte)(length >> 8), (byte)length],
        _ => [(byte)(127 | maskBit), 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };
}
