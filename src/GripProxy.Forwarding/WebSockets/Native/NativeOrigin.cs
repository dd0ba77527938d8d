using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.Native;

/// <summary>An origin that speaks WebSocket itself: there is nothing it could be asked besides. As thread-safe as its connection.</summary>
internal sealed class NativeOrigin(WebSocketOriginConnection connection) : IWebSocketOrigin
{
    /// <inheritdoc/>
    public ValueTask<WebSocketPart> ReadAsync() => connection.ReadAsync();

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(WebSocketPart part) => connection.WriteAsync(part);

    /// <inheritdoc/>
    public void Abort() => connection.Abort();

    /// <inheritdoc/>
    public bool Refresh() => false; // WOH-15: ignored where the origin has a WebSocket.

    /// <inheritdoc/>
    public bool TryRecover(string channel, string? lastId, string reason) => false;
}
