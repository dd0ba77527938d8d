using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// The events of one answer, checked as a whole, then taken part by part from the borrowed array they came in (WOH-06). Guarded by the lock of its
/// <see cref="OverHttpOrigin"/>.
/// </summary>
internal sealed class ReceivedEvents
{
    // Longer messages reach the client in fragments, so that other things find their way between them.
    private const int FragmentSize = 16_384;
    private const int MaxControlBytes = 125;

    private readonly ArraySegment<byte> _body;
    private WebSocketEventReader _reader;
    private WebSocketEvent _message;
    private int _sent;
    private int _left;

    /// <summary>Checks the events.</summary>
    /// <param name="body">The body, in an array of the pool that belongs to this object from now on.</param>
    /// <param name="isOpening">Whether they answer <c>OPEN</c>, so that the first may be one.</param>
    public ReceivedEvents(ArraySegment<byte> body, bool isOpening)
    {
        _body = body;
        Check(isOpening);
    }

    /// <summary>What is wrong with them, or None. A <c>DISCONNECT</c> is not wrong here.</summary>
    public OverHttpFailure Failure { get; private set; }

    /// <summary>More about the failure, for the log.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>True if they begin with the <c>OPEN</c> that was asked for.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>True if there is no event at all.</summary>
    public bool HasNone { get; private set; } = true;

    /// <summary><c>CLOSE</c> or <c>DISCONNECT</c>, after which nothing counts; or null.</summary>
    public WebSocketEvent? End { get; private set; }

    /// <summary>True if all parts were taken.</summary>
    public bool IsEmpty => _left == 0;

    /// <summary>Takes the next part; it may be used until <see cref="Release"/>.</summary>
    public bool TryTake(out WebSocketPart part)
    {
        part = default;
        if (_left == 0 || (_sent == 0 && !_reader.TryRead(out _message)))
            return false;
        var rest = _message.Content[_sent..];
        var isFirst = _sent == 0;
        var isLast = rest.Length <= FragmentSize;
        part = new WebSocketPart(KindOf(_message.Type), isLast ? rest : rest[..FragmentSize], isFirst, isLast, EndsFrame: isLast);
        _sent = isLast ? 0 : _sent + FragmentSize;
        _left -= isLast ? 1 : 0;
        return true;
    }

    /// <summary>Gives the array back.</summary>
    public void Release() => EventsAnswer.Return(_body);

    private void Check(bool isOpening)
    {
        var reader = new WebSocketEventReader(_body);
        var (begin, end) = (0, 0);
        while (reader.TryRead(out var next))
        {
            if (isOpening && HasNone && next.Type == WebSocketEventType.Open)
            {
                IsOpen = true;
                begin = end = reader.Position;
            }
            else if (End is null)
            {
                Check(next);
                end = End is null ? reader.Position : end;
            }

            HasNone = false;
        }

        if (reader.Error != WebSocketEventError.None)
            Fail($"{reader.Error} at byte {reader.Position}");
        _reader = new WebSocketEventReader(_body.Slice(begin, end - begin));
    }

    private void Check(WebSocketEvent next)
    {
        switch (next.Type)
        {
            case WebSocketEventType.Close or WebSocketEventType.Disconnect:
                End = next;
                break;
            case WebSocketEventType.Open:
                End = new WebSocketEvent(WebSocketEventType.Disconnect, default);
                break;
            case WebSocketEventType.Ping or WebSocketEventType.Pong when next.Content.Length > MaxControlBytes:
                Fail($"{next.Type} with {next.Content.Length} bytes");
                break;
            default:
                _left++;
                break;
        }
    }

    private void Fail(string detail)
    {
        Failure = OverHttpFailure.InvalidEvents;
        Detail = detail;
    }

    private static WebSocketPartKind KindOf(WebSocketEventType type) => type switch
    {
        WebSocketEventType.Text => WebSocketPartKind.Text,
        WebSocketEventType.Binary => WebSocketPartKind.Binary,
        WebSocketEventType.Ping => WebSocketPartKind.Ping,
        WebSocketEventType.Pong => WebSocketPartKind.Pong,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no part"),
    };
}
