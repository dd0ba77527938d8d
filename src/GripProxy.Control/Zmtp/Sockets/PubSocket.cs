using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>Sends messages to those who subscribed to their beginnings; who does not read them loses some (STA-01). Thread-safe.</summary>
internal sealed class PubSocket(ZmtpContext context) : ZmtpSocket("stats", ZmtpSocketType.Pub, context)
{
    private const byte Unsubscription = 0;
    private const byte Subscription = 1;

    private readonly Lock _gate = new();
    private volatile ZmtpPeer[] _ready = [];

    /// <summary>Peers send nothing but topics here.</summary>
    public override int MaxMessageBytes => 64 * 1024;

    /// <summary>As in Pushpin.</summary>
    protected override int MaxWaiting => 200_000;

    /// <summary>True if somebody wants messages that begin so, or some of them.</summary>
    public bool HasSubscribersTo(ReadOnlySpan<byte> beginning)
    {
        foreach (var peer in _ready)
        {
            if (peer.Topics.Reaches(beginning))
                return true;
        }

        return false;
    }

    /// <summary>Sends a message of one part. Never waits.</summary>
    public void Publish(ReadOnlyMemory<byte> message)
    {
        byte[]? encoded = null;
        foreach (var peer in _ready)
        {
            if (!peer.Topics.Matches(message.Span))
                continue;
            encoded ??= ZmtpFrame.Encode(message);
            if (!peer.Outbox.TryAdd(encoded))
                Context.Metrics.MessageDropped();
        }
    }

    public override void Attach(ZmtpPeer peer)
    {
        lock (_gate)
            _ready = [.. _ready, peer];
    }

    public override void Detach(ZmtpPeer peer)
    {
        lock (_gate)
            _ready = Array.FindAll(_ready, other => other != peer);
    }

    public override ZmtpFault Receive(ZmtpPeer peer, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        // A subscription in the form of ZMTP 3.0. What else an XSUB peer may send is for nobody.
        var message = parts[0];
        if (parts.Count > 1 || message.IsEmpty || message.Span[0] is not (Subscription or Unsubscription))
            return ZmtpFault.None;
        return Subscribe(peer, message[1..], message.Span[0] == Subscription);
    }

    public override ZmtpFault Subscribe(ZmtpPeer peer, ReadOnlyMemory<byte> topic, bool isWanted)
    {
        if (isWanted)
            return peer.Topics.TryAdd(topic.Span) ? ZmtpFault.None : ZmtpFault.TooManySubscriptions;
        peer.Topics.Remove(topic.Span);
        return ZmtpFault.None;
    }
}
