using System.Numerics;
using System.Runtime.InteropServices;

namespace GripProxy.Protocol.WebSockets;

/// <summary>Masks and unmasks the content of frames, which is the same operation (RFC 6455 §5.3).</summary>
public static class WebSocketMask
{
    /// <summary>Changes the content in place.</summary>
    /// <param name="content">Content of a frame, or a stretch of it.</param>
    /// <param name="key">The key for its first byte, as <see cref="WebSocketFrameHeader.MaskKey"/> has it.</param>
    /// <returns>The key for the byte that follows.</returns>
    public static uint Apply(Span<byte> content, uint key)
    {
        var keys = new Vector<uint>(key);
        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(content);
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] ^= keys;

        var rest = content[(vectors.Length * Vector<byte>.Count)..];
        var words = MemoryMarshal.Cast<byte, uint>(rest);
        for (var i = 0; i < words.Length; i++)
            words[i] ^= key;

        rest = rest[(words.Length * sizeof(uint))..];
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, key);
        for (var i = 0; i < rest.Length; i++)
            rest[i] ^= bytes[i];

        var shift = rest.Length * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, shift) : BitOperations.RotateLeft(key, shift);
    }
}
