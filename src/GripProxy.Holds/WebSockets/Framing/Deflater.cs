using System.IO.Compression;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// Compresses messages (RFC 7692 §7.2.1), each fragment by itself: that costs a little length, but no compressor, a quarter of a megabyte,
/// has to be kept while the rest of a message is on its way.
/// </summary>
internal static class Deflater
{
    /// <summary>Bytes of the shortest message that is worth it; whole messages below are sent as they are, which is always allowed (§6).</summary>
    public const int MinMessage = 128;

    // A flush ends in an empty stored block: its three bits fill up a byte, then this follows.
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>The payload for a fragment of a message; the caller disposes of it.</summary>
    /// <param name="content">What to compress.</param>
    /// <param name="isLast">Whether the message ends with it; then the tail is left out, as the receiver adds it.</param>
    public static PooledBytes Compress(ReadOnlySpan<byte> content, bool isLast)
    {
        var output = new PooledBytes();
        if (content.IsEmpty)
        {
            // The compressor would write nothing, but the tail that the receiver adds needs the beginning of its block (§7.2.3.6).
            if (isLast)
                output.Write([0x00]);
            return output;
        }

        int flushed;
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
            deflate.Flush();
            flushed = output.Written.Length;
        }

        // Disposing wrote a final block, which no message needs.
        output.Truncate(isLast && output.Written.Span[..flushed].EndsWith(Tail) ? flushed - Tail.Length : flushed);
        return output;
    }
}
