using System.Buffers;
using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Decides what of an origin that speaks GRIP is for the client and what for the proxy (WS-11). The first frame of a message decides; parts may cut
/// it anywhere, so its beginning is gathered until it tells. A control message has to be one frame. Owned by the reader of the origin.
/// </summary>
internal sealed class OriginGate(GripExtension grip)
{
    // No control message that makes sense is longer; what an origin sends beyond it is no reason to keep memory.
    private const int MaxControlBytes = 64 * 1024;

    private static readonly byte[] ControlPrefix = "c:"u8.ToArray();

    private readonly byte[] _messagePrefix = Encoding.UTF8.GetBytes(grip.MessagePrefix);
    private ArrayBufferWriter<byte>? _gathered;
    private Course _course;

    private enum Course
    {
        Undecided,
        Passing,
        Dropping,
        Gathering,
    }

    /// <summary>Judges the next part of a message. Not for other parts: those always pass.</summary>
    /// <param name="part">The part as it came.</param>
    /// <param name="content">What is to be delivered of it, or the text of the control message.</param>
    /// <param name="isFirst">True if the message begins for the client with this part.</param>
    public GateVerdict Judge(WebSocketPart part, out ReadOnlyMemory<byte> content, out bool isFirst)
    {
        if (part.IsFirst)
            Take(Course.Undecided);
        isFirst = false;
        content = part.Content;
        switch (_course)
        {
            case Course.Passing:
                return GateVerdict.Pass;
            case Course.Dropping:
                return GateVerdict.Keep;
            case Course.Gathering:
                return Gather(part, out content);
            default:
                return Decide(part, out content, out isFirst);
        }
    }

    private GateVerdict Decide(WebSocketPart part, out ReadOnlyMemory<byte> content, out bool isFirst)
    {
        var wasGathered = _gathered is not null;
        isFirst = false;
        content = Joined(part.Content);
        var mayBeControl = part.Kind == WebSocketPartKind.Text;
        if (mayBeControl && content.Span.StartsWith(ControlPrefix))
        {
            Take(Course.Gathering);
            return Gather(part with { Content = content[ControlPrefix.Length..] }, out content);
        }

        if (!part.EndsFrame && ((mayBeControl && IsBegun(content, ControlPrefix)) || IsBegun(content, _messagePrefix)))
        {
            if (!wasGathered)
                Keep(part.Content);
            return GateVerdict.Keep;
        }

        isFirst = content.Span.StartsWith(_messagePrefix);
        Take(isFirst ? Course.Passing : Course.Dropping);
        if (!isFirst)
            return GateVerdict.Drop;
        content = content[_messagePrefix.Length..];
        return GateVerdict.Pass;
    }

    private GateVerdict Gather(WebSocketPart part, out ReadOnlyMemory<byte> content)
    {
        content = part.Content;
        var isCut = part is { EndsFrame: true, IsLast: false };
        if (isCut || (_gathered?.WrittenCount ?? 0) + content.Length > MaxControlBytes)
        {
            Take(Course.Dropping);
            return GateVerdict.Refuse;
        }

        if (!part.IsLast)
        {
            Keep(content);
            return GateVerdict.Keep;
        }

        content = Joined(content);
        Take(Course.Dropping);
        return GateVerdict.Control;
    }

    private void Take(Course course)
    {
        _course = course;
        _gathered = null;
    }

    /// <summary>True if the text may still become one that starts with the prefix.</summary>
    private static bool IsBegun(ReadOnlyMemory<byte> text, byte[] prefix) => text.Length < prefix.Length && prefix.AsSpan().StartsWith(text.Span);

    private void Keep(ReadOnlyMemory<byte> content) => (_gathered ??= new ArrayBufferWriter<byte>()).Write(content.Span);

    /// <summary>What was gathered, and the content behind it.</summary>
    private ReadOnlyMemory<byte> Joined(ReadOnlyMemory<byte> content)
    {
        if (_gathered is null)
            return content;
        Keep(content);
        return _gathered.WrittenMemory;
    }
}
