using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>Answers the requests of REQ and DEALER peers, each peer's in order (PUB-40).</summary>
/// <param name="answer">Gets a request and returns the answer, or null: there is none. Called by one thread per peer.</param>
/// <param name="context">What all sockets share.</param>
internal sealed class RepSocket(Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?> answer, ZmtpContext context)
    : ZmtpSocket("command", ZmtpSocketType.Rep, context)
{
    public override ZmtpFault Receive(ZmtpPeer peer, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        // Before the request stands an empty part, and before that whatever a DEALER needs to find its way back.
        var body = 0;
        while (body < parts.Count && !parts[body].IsEmpty)
            body++;
        if (body != parts.Count - 2 || answer(parts[^1]) is not { } reply)
            return ZmtpFault.None;
        peer.Send(ZmtpFrame.Encode([.. parts.Take(body + 1), reply]));
        return ZmtpFault.None;
    }
}
