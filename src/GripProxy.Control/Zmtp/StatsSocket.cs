using GripProxy.Control.Zmtp.Sockets;

namespace GripProxy.Control.Zmtp;

/// <summary>
/// Where stats messages go out to ZeroMQ subscribers (STA-01). Thread-safe. Without <c>stats_spec</c> nobody can subscribe, and publishing does
/// nothing.
/// </summary>
public sealed class StatsSocket
{
    internal StatsSocket(ZmtpContext context) => Socket = new PubSocket(context);

    /// <summary>
    /// True if somebody subscribed to messages that begin so, or to some of them: whoever makes messages can save the work otherwise.
    /// </summary>
    public bool HasSubscribersTo(ReadOnlySpan<byte> beginning) => Socket.HasSubscribersTo(beginning);

    /// <summary>For <see cref="ZmtpDoors"/>, which opens and closes it.</summary>
    internal PubSocket Socket { get; }

    /// <summary>
    /// Sends one message, <c>&lt;type&gt; &lt;T or J&gt;&lt;payload&gt;</c>, to those who subscribed to what it begins with. Never waits; a subscriber
    /// that leaves 200 000 messages unread loses this one.
    /// </summary>
    /// <param name="message">Not changed afterwards.</param>
    public void Publish(ReadOnlyMemory<byte> message) => Socket.Publish(message);
}
