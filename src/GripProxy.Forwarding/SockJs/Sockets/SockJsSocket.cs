using GripProxy.Channels.Timing;
using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Forwarding.SockJs.Sessions;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sockets;

/// <summary>
/// A client's WebSocket with SockJS frames (SJS-04): array frames to the client, arrays of messages from it, and a heartbeat. Owned by its hold; what
/// is written besides its messages, <see cref="SockJsSocketWriter"/> orders.
/// </summary>
internal sealed class SockJsSocket : IWebSocketClient, IDisposable
{
    /// <summary>Longest message from the client in bytes, as in Pushpin.</summary>
    public const int MaxMessage = 200_000;

    private readonly IWebSocketClient _inner;
    private readonly SockJsSocketWriter _writer;
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _heartbeat;
    private readonly SockJsAssembly _assembly = new();
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();
    private volatile bool _isOver;

    private SockJsSocket(IWebSocketClient inner, TimerWheel wheel)
    {
        _inner = inner;
        Framing = SockJsSocketFraming.Over(inner.Framing);
        _writer = new SockJsSocketWriter(inner);
        _wheel = wheel;
        _heartbeat = new WheelTimer(static state => ((SockJsSocket)state).Beat(), this);
    }

    /// <inheritdoc/>
    public WebSocketFraming Framing { get; }

    /// <summary>Puts the frames on a WebSocket, beginning with the one that tells the client that the session is open.</summary>
    /// <param name="inner">The client's WebSocket.</param>
    /// <param name="wheel">The clock.</param>
    public static SockJsSocket Open(IWebSocketClient inner, TimerWheel wheel)
    {
        var socket = new SockJsSocket(inner, wheel);
        // Never throws, and nothing can overtake it: it is the first to write.
        _ = socket._writer.TryWriteAsync(new WebSocketPart(WebSocketPartKind.Text, SockJsFrames.Open));
        wheel.Schedule(socket._heartbeat, SockJsSession.HeartbeatTime);
        return socket;
    }

    /// <inheritdoc/>
    public async ValueTask<WebSocketPart> ReadAsync()
    {
        while (true)
        {
            if (_messages.TryDequeue(out var message))
                return new WebSocketPart(WebSocketPartKind.Text, message);
            var part = await _inner.ReadAsync();
            switch (part.Kind)
            {
                case WebSocketPartKind.Text or WebSocketPartKind.Binary:
                    if (TryUnwrap(part))
                        continue;
                    _inner.Abort();
                    return WebSocketPart.Lost;
                case WebSocketPartKind.Ping:
                    await _writer.AnswerAsync(part.Content);
                    continue;
                case WebSocketPartKind.Pong:
                    continue;
                default:
                    return part;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed) => _writer.SendAsync(framed);

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(WebSocketPart part) => part.Kind switch
    {
        WebSocketPartKind.Text or WebSocketPartKind.Binary => _writer.WriteMessageAsync(part),
        WebSocketPartKind.Ping or WebSocketPartKind.Pong => ValueTask.FromResult(true),
        _ => _writer.WriteAsync(part),
    };

    /// <inheritdoc/>
    public void Abort() => _inner.Abort();

    /// <summary>No more heartbeats.</summary>
    public void Dispose()
    {
        _isOver = true;
        _wheel.Cancel(_heartbeat);
    }

    private bool TryUnwrap(WebSocketPart part)
    {
        // The quotes and escapes around messages take room too.
        if (!_assembly.Add(part, 2 * MaxMessage))
            return false;
        if (!part.IsLast)
            return true;
        if (SockJsPayload.Read(_assembly.Take().Span) is not { } messages)
            return false;
        foreach (var message in messages)
        {
            if (message.Length > MaxMessage)
                return false;
            _messages.Enqueue(message);
        }

        return true;
    }

    private void Beat()
    {
        // One that was under way when the heartbeat was cancelled has begun it anew.
        if (_isOver)
            return;
        _wheel.Schedule(_heartbeat, SockJsSession.HeartbeatTime);
        // Never throws; where something else is being written, the client hears from us anyway.
        _ = _writer.TryWriteAsync(new WebSocketPart(WebSocketPartKind.Text, SockJsFrames.Heartbeat));
    }
}
