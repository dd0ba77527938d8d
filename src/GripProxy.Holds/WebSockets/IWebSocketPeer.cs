using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// One side of a WebSocket that passes through: the client or the origin. One reader and one writer at a time, which may be different threads.
/// </summary>
public interface IWebSocketPeer
{
    /// <summary>
    /// The next part, in order; waits for it. After <see cref="WebSocketPartKind.Close"/>, <see cref="WebSocketPartKind.Violation"/> and
    /// <see cref="WebSocketPartKind.Lost"/> nothing comes any more. Never throws for what the peer does.
    /// </summary>
    ValueTask<WebSocketPart> ReadAsync();

    /// <summary>
    /// Writes a part and waits while the peer does not read (back-pressure). False: nothing can reach the peer any more. Never throws for what
    /// the peer does.
    /// </summary>
    ValueTask<bool> WriteAsync(WebSocketPart part);

    /// <summary>Cuts the connection without a close frame; a waiting read ends with <see cref="WebSocketPartKind.Lost"/>, a waiting write with false. Thread-safe; may be called twice.</summary>
    void Abort();
}
