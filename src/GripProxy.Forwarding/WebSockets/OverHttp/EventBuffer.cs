using System.Buffers;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// Encoded events, one after the other, in a borrowed array that goes back when nothing is in it: a quiet connection keeps none. Owned by the
/// <see cref="ClientParts"/> it is in.
/// </summary>
internal sealed class EventBuffer
{
    private byte[] _array = [];
    private int _length;

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of content of all events, as <c>Content-Bytes-Accepted</c> counts them (WOH-08).</summary>
    public int ContentBytes { get; private set; }

    /// <summary>The events as a body; valid until the next change.</summary>
    public ReadOnlyMemory<byte> Body => _array.AsMemory(0, _length);

    /// <summary>Appends an event.</summary>
    public void Add(WebSocketEventType type, ReadOnlySpan<byte> content)
    {
        Reserve(content.Length + WebSocketEventWriter.MaxOverhead);
        _length += WebSocketEventWriter.Write(_array.AsSpan(_length), type, content);
        Count++;
        ContentBytes += content.Length;
    }

    /// <summary>Moves all events behind those of another buffer.</summary>
    public void MoveAllTo(EventBuffer other)
    {
        if (other.Count == 0)
        {
            (_array, other._array) = (other._array, _array);
            (_length, other._length) = (0, _length);
        }
        else
        {
            other.Reserve(_length);
            Body.CopyTo(other._array.AsMemory(other._length));
            other._length += _length;
        }

        other.Count += Count;
        other.ContentBytes += ContentBytes;
        Clear();
    }

    /// <summary>Moves the first event behind those of another buffer.</summary>
    public void MoveFirstTo(EventBuffer other)
    {
        var reader = new WebSocketEventReader(Body);
        if (!reader.TryRead(out var first))
            return;
        other.Add(first.Type, first.Content.Span);
        Count--;
        ContentBytes -= first.Content.Length;
        _array.AsSpan(reader.Position.._length).CopyTo(_array);
        _length -= reader.Position;
        if (Count == 0)
            Clear();
    }

    /// <summary>Drops all events and gives the array back.</summary>
    public void Clear()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        Abandon();
    }

    /// <summary>Drops all events; somebody else may still read the array, so nobody gets it again.</summary>
    public void Abandon()
    {
        _array = [];
        _length = Count = ContentBytes = 0;
    }

    private void Reserve(int more)
    {
        if (_array.Length - _length >= more)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, Math.Min(2 * _length, ClientParts.Limit)));
        Body.CopyTo(larger);
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
