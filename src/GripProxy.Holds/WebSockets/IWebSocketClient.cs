namespace GripProxy.Holds.WebSockets;

/// <summary>
/// The client's side: published messages reach it as bytes that all clients with the same framing share. A close without content says that nobody
/// gave a code; what the client hears then is a matter of its protocol (WS-03, SJS-03).
/// </summary>
public interface IWebSocketClient : IWebSocketPeer
{
    /// <summary>How messages look on the way to this client.</summary>
    WebSocketFraming Framing { get; }

    /// <summary>
    /// Writes bytes that <see cref="Framing"/> made, one or more whole messages, and waits while the client does not read. For the writer only,
    /// never between the fragments of a message. False: nothing can reach the client any more.
    /// </summary>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed);
}
