using System.Buffers.Binary;

namespace GripProxy.Plugins.Engine.Frames;

/// <summary>Reads frames from a process, which may send anything (plugins.md §5.2). Owned by the loop that reads.</summary>
/// <param name="input">The process's standard output.</param>
/// <param name="limit">Bytes of the largest frame that is taken.</param>
internal sealed class FrameReader(Stream input, int limit)
{
    private readonly byte[] _header = new byte[4];

    /// <summary>The JSON of the next frame, or null at the end of the input, be it within a frame. The bytes are the caller's.</summary>
    /// <exception cref="InvalidDataException">The length is more than may be.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await input.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, cancellationToken) < _header.Length)
            return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_header);
        if (length > limit)
            throw new InvalidDataException($"a frame of {length} bytes is larger than {limit}");

        var frame = new byte[length];
        return await input.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false, cancellationToken) < frame.Length ? null : frame;
    }
}
