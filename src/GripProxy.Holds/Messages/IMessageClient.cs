using GripProxy.Channels.Outcomes;

namespace GripProxy.Holds.Messages;

/// <summary>A client that gets items as messages of its own protocol.</summary>
public interface IMessageClient
{
    /// <summary>How messages look on the way to this client.</summary>
    MessageFraming Framing { get; }

    /// <summary>
    /// Writes bytes that <see cref="Framing"/> made, one or more whole messages, and waits while the client does not read. One caller at a time. False:
    /// nothing can reach the client any more.
    /// </summary>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed);

    /// <summary>Tells the client why it is disconnected, and disconnects it. After this nothing is sent.</summary>
    /// <param name="reason">Why; it decides whether the client shall come back.</param>
    /// <param name="text">What the client is told, or empty: nothing.</param>
    ValueTask CloseAsync(CloseReason reason, string text);

    /// <summary>Cuts the connection; a waiting <see cref="SendAsync"/> ends with false. Thread-safe, may be called twice.</summary>
    void Abort();
}
