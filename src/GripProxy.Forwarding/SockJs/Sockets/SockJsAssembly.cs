using System.Buffers;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sockets;

/// <summary>Joins the fragments of messages. Owned by whoever gives the parts, one message after the other.</summary>
internal sealed class SockJsAssembly
{
    private ReadOnlyMemory<byte> _only;
    private ArrayBufferWriter<byte>? _joined;

    /// <summary>Adds a fragment; false: the message is longer than the limit.</summary>
    public bool Add(WebSocketPart part, int limit)
    {
        if (part.IsFirst)
        {
            _joined = null;
            _only = part.Content;
            // Its bytes are its giver's again before the next one comes.
            if (part.IsLast)
                return part.Content.Length <= limit;
        }

        _joined ??= new ArrayBufferWriter<byte>(Math.Max(part.Content.Length, 256));
        if (_joined.WrittenCount + part.Content.Length > limit)
            return false;
        _joined.Write(part.Content.Span);
        return true;
    }

    /// <summary>The whole message, after its last fragment; valid as long as that one's bytes.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var message = _joined?.WrittenMemory ?? _only;
        _joined = null;
        _only = default;
        return message;
    }
}
