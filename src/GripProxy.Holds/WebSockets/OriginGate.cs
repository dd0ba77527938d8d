using System.Buffers;
using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Decides what of an origin that speaks GRIP is for the client and what for the proxy (WS-11). The decision falls at the beginning of a
/// message; a beginning that is cut into several parts is gathered until it tells. Owned by the reader of the origin.
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

    /// <summary>Judges the next part of a message; for other parts there is nothing to judge.</summary>
    /// <param name="part">The part as it came.</param>
    /// <param name="content">To be delivered as a part, the first one if <paramref name="isFirst"/>, or the text of the control message.</param>
    /// <param name="isFirst">True if the message begins for the client with this part.</param>
    public GateVerdict Judge(WebSocketPart part, out ReadOnlyMemory<byte> content, out bool isFirst)
    {
        if (part.IsFirst)
        {
            _course = Course.Undecided;
            _gathered = null;
        }

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
        isFirst = false;
        content = Joined(part.Content);
        var start = content.Span;
        var isText = part.Kind == WebSocketPartKind.Text;
        if (isText && start.StartsWith(ControlPrefix))
        {
            _course = Course.Gathering;
            var rest = content[ControlPrefix.Length..];
            _gathered = null;
            return Gather(part with { Content = rest }, out content);
        }

        if (!part.IsLast && ((isText && IsBegun(start, ControlPrefix)) || IsBegun(start, _messagePrefix)))
        {
            if (_gathered is null)
                Keep(part.Content);
            return GateVerdict.Keep;
        }

        _gathered = null;
        _course = start.StartsWith(_messagePrefix) ? Course.Passing : Course.Dropping;
        if (_course == Course.Dropping)
            return GateVerdict.Keep;
        content = content[_messagePrefix.Length..];
        isFirst = true;
        return GateVerdict.Pass;
    }

    private GateVerdict Gather(WebSocketPart part, out ReadOnlyMemory<byte> content)
    {
        content = part.Content;
        if ((_gathered?.WrittenCount ?? 0) + content.Length > MaxControlBytes)
        {
            _course = Course.Dropping;
            _gathered = null;
            return GateVerdict.Keep;
        }

        if (!part.IsLast)
        {
            Keep(content);
            return GateVerdict.Keep;
        }

        content = Joined(content);
        _gathered = null;
        return GateVerdict.Control;
    }

    /// <summary>True if the text may still become one that starts with the prefix.</summary>
    private static bool IsBegun(ReadOnlySpan<byte> text, byte[] prefix) => text.Length < prefix.Length && prefix.AsSpan().StartsWith(text);

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
