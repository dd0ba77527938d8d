using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// What the origin said and the hold has not read yet: the events of answers, a pong of our own, and at last how it ended. Guarded by the lock of
/// its <see cref="OverHttpOrigin"/>.
/// </summary>
internal sealed class ReceivedParts
{
    // More than one only where the close did not wait for the reader.
    private readonly Queue<ReceivedEvents> _answers = new();
    private WebSocketPart? _pong;
    private WebSocketPart? _end;

    /// <summary>True if no part of an answer is left: the origin may be asked again. A pong does not count.</summary>
    public bool IsRead => _answers.Count == 0;

    /// <summary>True once nothing more will come.</summary>
    public bool HasEnd => _end is not null;

    /// <summary>Appends the events of an answer; after the end they are dropped.</summary>
    public void Add(ReceivedEvents events)
    {
        if (HasEnd || events.IsEmpty)
            events.Release();
        else
            _answers.Enqueue(events);
    }

    /// <summary>Answers a ping of the client (DIF-43); only the last one needs an answer.</summary>
    public void AddPong(ReadOnlySpan<byte> content) => _pong = new WebSocketPart(WebSocketPartKind.Pong, content.ToArray());

    /// <summary>Sets the last part; the first one counts.</summary>
    public void SetEnd(in WebSocketPart end) => _end ??= end;

    /// <summary>Takes the next part; what was taken before is not used any more. After the end there is only <see cref="WebSocketPart.Lost"/>.</summary>
    public bool TryTake(out WebSocketPart part)
    {
        if (_pong is { } pong)
        {
            _pong = null;
            part = pong;
            return true;
        }

        while (_answers.TryPeek(out var answer))
        {
            if (answer.TryTake(out part))
                return true;
            _answers.Dequeue().Release();
        }

        part = _end ?? default;
        if (_end is null)
            return false;
        _end = WebSocketPart.Lost;
        return true;
    }

    /// <summary>Drops everything: nobody will read. The part taken last may still be in use, so its array is not given back.</summary>
    public void Drop()
    {
        if (_answers.TryDequeue(out _))
        {
            while (_answers.TryDequeue(out var answer))
                answer.Release();
        }

        _pong = null;
        _end = WebSocketPart.Lost;
    }
}
