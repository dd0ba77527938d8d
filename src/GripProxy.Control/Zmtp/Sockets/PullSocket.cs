using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>Takes what PUSH peers send (PUB-21). While a message is taken its peer waits, so that none has to be kept here.</summary>
/// <param name="receive">Takes the parts of a message; called by one thread per peer.</param>
/// <param name="context">What all sockets share.</param>
internal sealed class PullSocket(Action<IReadOnlyList<ReadOnlyMemory<byte>>> receive, ZmtpContext context)
    : ZmtpSocket("pull", ZmtpSocketType.Pull, context)
{
    public override ZmtpFault Receive(ZmtpPeer peer, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        receive(parts);
        return ZmtpFault.None;
    }
}
