using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// A client's WebSocket after the handshake, over the stream of its connection (RFC 6455). Keeps no buffer while nothing arrives. Its reader
/// and its writer own a part each; the stream stays the caller's, who ends it after the closing handshake.
/// </summary>
/// <param name="stream">Carries bytes both ways; a write has to wait while the client does not read. Reads of zero bytes should wait for data.</param>
/// <param name="maxMessage">Bytes of one message of the client, after decompression; more closes 1009. 0: any.</param>
/// <param name="deflate">True if compression was negotiated (<see cref="PerMessageDeflate.Answer"/>).</param>
/// <param name="abort">Cuts the connection so that waiting reads and writes end; null: disposing of the stream does it.</param>
public sealed class WebSocketClientConnection(Stream stream, long maxMessage = 0, bool deflate = false, Action? abort = null) : IWebSocketClient
{
    // GRIP: a close that has no code reaches clients as a normal one (WS-03, WS-13).
    private static readonly byte[] NoCode = WebSocketCloses.Normal.ToContent();

    private readonly FrameReader _reader = new(stream, isMasked: true, deflate, maxMessage);
    private readonly FrameWriter _writer = new(stream, mask: false, deflate);

    /// <inheritdoc/>
    public WebSocketFraming Framing { get; } = deflate ? DeflateFraming.Instance : PlainFraming.Instance;

    /// <inheritdoc/>
    public ValueTask<WebSocketPart> ReadAsync() => _reader.ReadAsync();

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(WebSocketPart part) =>
        _writer.WriteAsync(part is { Kind: WebSocketPartKind.Close, Content.IsEmpty: true } ? part with { Content = NoCode } : part);

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed) => _writer.SendAsync(framed);

    /// <inheritdoc/>
    public void Abort()
    {
        _writer.Stop();
        (abort ?? stream.Dispose)();
    }
}
