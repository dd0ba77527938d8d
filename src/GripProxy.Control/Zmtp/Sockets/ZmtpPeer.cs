using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>One connected program. Owned by the socket that serves it; thread-safe.</summary>
/// <param name="name">How the log calls it.</param>
/// <param name="stream">Its connection.</param>
/// <param name="outbox">What waits for it.</param>
internal sealed class ZmtpPeer(string name, Stream stream, ZmtpOutbox outbox)
{
    private int _fault;

    public string Name { get; } = name;

    public Stream Stream { get; } = stream;

    /// <summary>What waits to be written to it.</summary>
    public ZmtpOutbox Outbox { get; } = outbox;

    /// <summary>Minor version of ZMTP 3 that both sides speak. Set by the handshake.</summary>
    public int Minor { get; set; }

    /// <summary>Topics that it wants, for a socket that publishes. Owned by that socket.</summary>
    public TopicSet Topics { get; } = new();

    /// <summary>Why it was dropped from our side; None: it was not.</summary>
    public ZmtpFault Fault => (ZmtpFault)Volatile.Read(ref _fault);

    /// <summary>Sends what must not be lost: a peer that leaves too much unread is dropped. Never waits.</summary>
    public void Send(ReadOnlyMemory<byte> frames)
    {
        if (!Outbox.TryAdd(frames))
            Drop(ZmtpFault.TooSlow);
    }

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void Drop(ZmtpFault fault)
    {
        Interlocked.CompareExchange(ref _fault, (int)fault, (int)ZmtpFault.None);
        Stream.Dispose();
    }
}
