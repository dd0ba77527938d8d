using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Writes to the origin: what the client says, and at any moment the close frame, after which nothing goes there any more. Guarded by its own lock;
/// the client's reader and whoever ends the connection call it.
/// </summary>
internal sealed class OriginSide(IWebSocketOrigin origin)
{
    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte> _close;
    private bool _isClosed;
    private bool _isWriting;

    /// <summary>For the reader of the client: passes a part on; it is discarded once the origin is closed.</summary>
    public async ValueTask WriteAsync(WebSocketPart part)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isWriting = true;
        }

        await origin.WriteAsync(part);
        lock (_gate)
        {
            _isWriting = _isClosed;
            if (!_isClosed)
                return;
        }

        await WriteCloseAsync();
    }

    /// <summary>Closes the origin's side; only the first call counts. A part that is being written is finished first.</summary>
    /// <param name="content">Content of the close frame; none: without a code.</param>
    public async ValueTask CloseAsync(ReadOnlyMemory<byte> content)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _close = content;
            if (_isWriting)
                return;
            _isWriting = true;
        }

        await WriteCloseAsync();
    }

    private async ValueTask WriteCloseAsync() => await origin.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, _close));
}
