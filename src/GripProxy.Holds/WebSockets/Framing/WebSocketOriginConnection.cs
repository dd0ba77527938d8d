using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// A WebSocket to an origin after the handshake, over the stream of its connection (RFC 6455); what we write is masked. Keeps no buffer while
/// nothing arrives. Its reader and its writer own a part each; the stream stays the caller's, who ends it after the closing handshake.
/// </summary>
/// <param name="stream">Carries bytes both ways; a write has to wait while the origin does not read. Reads of zero bytes should wait for data.</param>
/// <param name="deflate">True if compression was negotiated (<see cref="PerMessageDeflate.ReadAnswer"/>).</param>
/// <param name="abort">Cuts the connection so that waiting reads and writes end; null: disposing of the stream does it.</param>
public sealed class WebSocketOriginConnection(Stream stream, bool deflate = false, Action? abort = null) : IWebSocketPeer
{
    private readonly FrameReader _reader = new(stream, isMasked: false, deflate, maxMessage: 0);
    private readonly FrameWriter _writer = new(stream, mask: true, deflate);

    /// <inheritdoc/>
    public ValueTask<WebSocketPart> ReadAsync() => _reader.ReadAsync();

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(WebSocketPart part) => _writer.WriteAsync(part);

    /// <inheritdoc/>
    public void Abort()
    {
        _writer.Stop();
        (abort ?? stream.Dispose)();
    }
}
