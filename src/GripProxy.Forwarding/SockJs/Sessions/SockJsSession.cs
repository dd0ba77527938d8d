using GripProxy.Channels.Timing;
using GripProxy.Forwarding.SockJs.Sockets;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>
/// A session over HTTP (SJS-03): to the hold a WebSocket client, to the client a series of requests. Thread-safe; what the interface says about
/// writers and readers is its hold's to keep.
/// </summary>
internal sealed class SockJsSession : IWebSocketClient
{
    /// <summary>How long a request waits before it gets a heartbeat.</summary>
    public static readonly TimeSpan HeartbeatTime = TimeSpan.FromSeconds(25);

    /// <summary>How long a session lives without a request, and how long a closed one is remembered.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    private readonly SockJsInbox _inbox = new();
    private readonly SockJsAssembly _assembly = new();

    /// <summary>Makes a session whose origin is about to be asked.</summary>
    /// <param name="wheel">The clock.</param>
    /// <param name="first">The request that begins it, which is waiting already.</param>
    /// <param name="ended">Called once, when nobody shall find the session any more. Must be short.</param>
    public SockJsSession(TimerWheel wheel, SockJsReceiver first, Action<SockJsSession> ended) =>
        Delivery = new SockJsDelivery(wheel, first, _inbox, () => ended(this));

    /// <summary>Where the client's requests get their frames.</summary>
    public SockJsDelivery Delivery { get; }

    /// <inheritdoc/>
    public WebSocketFraming Framing => SockJsMessageFraming.Instance;

    /// <summary>Messages from the client, at least one; waits until they are on their way.</summary>
    public Task<SockJsSendResult> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages) => _inbox.SendAsync(messages);

    /// <inheritdoc/>
    public ValueTask<WebSocketPart> ReadAsync() => _inbox.ReadAsync();

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed) => Delivery.AddAsync(framed);

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(WebSocketPart part)
    {
        if (part.Kind == WebSocketPartKind.Close)
            return ValueTask.FromResult(Delivery.Close(part.Content));
        // Ping and pong have no frame here (SJS-04).
        if (!part.IsMessage)
            return ValueTask.FromResult(true);
        if (!_assembly.Add(part, SockJsOutbox.Limit))
        {
            Delivery.End();
            return ValueTask.FromResult(false);
        }

        return part.IsLast ? Delivery.AddAsync(Framing.Encode(part.Kind, _assembly.Take())) : ValueTask.FromResult(true);
    }

    /// <summary>Cuts the session off, unless all that is left to do is to tell the client that it is closed.</summary>
    public void Abort() => Delivery.Abandon();
}
