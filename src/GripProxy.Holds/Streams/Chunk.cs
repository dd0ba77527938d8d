using System.Buffers.Text;
using System.Text;

namespace GripProxy.Holds.Streams;

/// <summary>
/// The chunked transfer coding (RFC 9112, 7.1), for streams that are written straight to their connection. A published piece is a chunk of its
/// own, so that its bytes are the same for all of them. Stateless.
/// </summary>
public static class Chunk
{
    // As many hexadecimal digits as a length can have, and the line's end.
    private const int LongestHead = 8 + 2;

    /// <summary>Ends a body.</summary>
    public static ReadOnlyMemory<byte> Last { get; } = Encoding.ASCII.GetBytes("0\r\n\r\n");

    /// <summary>The content as one chunk; nothing stays nothing, because an empty chunk would end the body.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> content)
    {
        if (content.IsEmpty)
            return default;
        Span<byte> head = stackalloc byte[LongestHead];
        Utf8Formatter.TryFormat(content.Length, head, out var length, 'x'); // Cannot fail: the longest fits.
        head[length++] = (byte)'\r';
        head[length++] = (byte)'\n';
        var chunk = new byte[length + content.Length + 2];
        head[..length].CopyTo(chunk);
        content.Span.CopyTo(chunk.AsSpan(length));
        chunk[^2] = (byte)'\r';
        chunk[^1] = (byte)'\n';
        return chunk;
    }
}
