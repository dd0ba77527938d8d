using System.Buffers.Text;

namespace GripProxy.Protocol.WebSockets;

/// <summary>
/// Reads the events of a whole body of type <c>application/websocket-events</c>, one after the other (WOH-03). Unknown types are passed over.
/// Copies nothing, so the caller's limit on the body is the limit on everything. A mutable value: keep it in one place.
/// </summary>
public struct WebSocketEventReader(ReadOnlyMemory<byte> body)
{
    private readonly ReadOnlyMemory<byte> _body = body;

    /// <summary>Index of the byte after the event last read; or, after an error, of the event that cannot be read.</summary>
    public int Position { get; private set; } = 0;

    /// <summary>Why <see cref="TryRead"/> gave false; None at the end of the body.</summary>
    public WebSocketEventError Error { get; private set; } = WebSocketEventError.None;

    /// <summary>Goes to the next event. False at the end, and for good after an error.</summary>
    public bool TryRead(out WebSocketEvent next)
    {
        while (Error == WebSocketEventError.None && Position < _body.Length)
        {
            if (!TryTake(out var name, out var content))
                break;
            if (TryGetType(name, out var type))
            {
                next = new WebSocketEvent(type, content);
                return true;
            }
        }

        next = default;
        return false;
    }

    private bool TryTake(out ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> content)
    {
        content = default;
        var rest = _body.Span[Position..];
        var end = rest.IndexOf("\r\n"u8);
        name = end < 0 ? default : rest[..end];
        if (end < 0)
            return Fail(WebSocketEventError.UnendedLine);
        var start = end + 2;
        var space = name.IndexOf((byte)' ');
        if (space < 0)
        {
            Position += start;
            return true;
        }

        if (!TryReadLength(name[(space + 1)..], out var length))
            return Fail(WebSocketEventError.InvalidLength);
        if (length > rest.Length - start - 2)
            return Fail(WebSocketEventError.ContentCutOff);
        if (!rest[(start + length)..].StartsWith("\r\n"u8))
            return Fail(WebSocketEventError.ContentTooLong);
        name = name[..space];
        content = _body.Slice(Position + start, length);
        Position += start + length + 2;
        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> text, out int length) =>
        Utf8Parser.TryParse(text, out length, out var used, 'x') && used == text.Length && length >= 0;

    private static bool TryGetType(ReadOnlySpan<byte> name, out WebSocketEventType type)
    {
        foreach (var known in WebSocketEventWriter.Types)
        {
            if (!name.SequenceEqual(WebSocketEventWriter.NameOf(known)))
                continue;
            type = known;
            return true;
        }

        type = default;
        return false;
    }

    private bool Fail(WebSocketEventError error)
    {
        Error = error;
        return false;
    }
}
