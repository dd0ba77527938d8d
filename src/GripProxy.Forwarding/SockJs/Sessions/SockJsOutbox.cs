using System.Buffers;
using GripProxy.Forwarding.SockJs.Frames;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>Messages that wait for a session's next request. Guarded by the session's lock.</summary>
internal sealed class SockJsOutbox
{
    /// <summary>How much waits at most, in bytes as encoded (SJS-03); a longer message only if nothing else waits.</summary>
    public const int Limit = 200_000;

    private ArrayBufferWriter<byte>? _elements;

    /// <summary>True if nothing waits.</summary>
    public bool IsEmpty => _elements is null;

    /// <summary>True if there is room for that many bytes.</summary>
    public bool Fits(int length) => _elements is null || _elements.WrittenCount + length <= Limit;

    /// <summary>Adds messages as <see cref="SockJsMessageFraming"/> writes them.</summary>
    public void Add(ReadOnlySpan<byte> elements)
    {
        _elements ??= new ArrayBufferWriter<byte>(elements.Length);
        _elements.Write(elements);
    }

    /// <summary>All that waits, as one frame. Something must wait.</summary>
    public byte[] Take()
    {
        var frame = SockJsFrames.Messages(_elements is null ? default : _elements.WrittenSpan);
        _elements = null;
        return frame;
    }

    /// <summary>Forgets what waits.</summary>
    public void Clear() => _elements = null;
}
