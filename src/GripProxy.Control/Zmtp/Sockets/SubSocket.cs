using System.Buffers;
using System.Text;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>Takes what publishers send on the topics that it wants (PUB-22); every publisher is told of all of them. Guarded by its lock.</summary>
/// <param name="receive">Takes the parts of a message; called by one thread per peer.</param>
/// <param name="context">What all sockets share.</param>
internal sealed class SubSocket(Action<IReadOnlyList<ReadOnlyMemory<byte>>> receive, ZmtpContext context)
    : ZmtpSocket("sub", ZmtpSocketType.Sub, context)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private readonly HashSet<ZmtpPeer> _ready = [];

    /// <summary>Wants a topic. Only enqueues.</summary>
    public void Subscribe(string topic) => Change(topic, isWanted: true);

    /// <summary>Wants a topic no more. Only enqueues.</summary>
    public void Unsubscribe(string topic) => Change(topic, isWanted: false);

    public override void Attach(ZmtpPeer peer)
    {
        var writer = new ArrayBufferWriter<byte>();
        lock (_gate)
        {
            foreach (var topic in _topics)
                ZmtpCommand.WriteSubscription(writer, Encoding.UTF8.GetBytes(topic), isWanted: true, peer.Minor);
            if (writer.WrittenCount > 0)
                peer.Send(writer.WrittenMemory);
            _ready.Add(peer);
        }
    }

    public override void Detach(ZmtpPeer peer)
    {
        lock (_gate)
            _ready.Remove(peer);
    }

    public override ZmtpFault Receive(ZmtpPeer peer, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        receive(parts);
        return ZmtpFault.None;
    }

    private void Change(string topic, bool isWanted)
    {
        lock (_gate)
        {
            if (!(isWanted ? _topics.Add(topic) : _topics.Remove(topic)))
                return;
            var bytes = Encoding.UTF8.GetBytes(topic);
            foreach (var peer in _ready)
            {
                var writer = new ArrayBufferWriter<byte>();
                ZmtpCommand.WriteSubscription(writer, bytes, isWanted, peer.Minor);
                peer.Send(writer.WrittenMemory);
            }
        }
    }
}
