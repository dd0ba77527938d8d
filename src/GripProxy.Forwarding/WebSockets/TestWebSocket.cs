using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>
/// The WebSocket of the target <c>test</c> (RTE-20): subscribes to the channels of the request and sends every message back. Thread-safe, as far
/// as a peer must be.
/// </summary>
internal sealed class TestWebSocket : IWebSocketOrigin
{
    // What a client may send ahead of what it reads.
    private const int WaitingParts = 16;

    private readonly Channel<WebSocketPart> _parts;
    private readonly byte[] _prefix;

    private TestWebSocket(IReadOnlyList<string> channels, string prefix)
    {
        _prefix = Encoding.UTF8.GetBytes(prefix);
        _parts = Channel.CreateBounded<WebSocketPart>(channels.Count + WaitingParts);
        foreach (var channel in channels)
        {
            var control = $"c:{{\"type\":\"subscribe\",\"channel\":\"{JsonEncodedText.Encode(channel)}\"}}";
            _parts.Writer.TryWrite(new WebSocketPart(WebSocketPartKind.Text, Encoding.UTF8.GetBytes(control)));
        }
    }

    /// <summary>What an origin of this kind would answer to the handshake.</summary>
    public static WebSocketOpening Open(ClientRequest request, RequestTarget path, RouteModel route)
    {
        if (TestHandler.PageOf(path, route.Config) != "/ws")
            return new WebSocketOpening { Refusal = TestHandler.NotFound };
        if (route.Config.NoGrip)
            return WebSocketAcceptance.Of(new TestWebSocket([], ""), HeaderList.Empty, request, route.Config);
        // With a prefix no message of a client can come back as a control message (WS-11).
        var origin = new TestWebSocket(TestHandler.ChannelsOf(path), "m:");
        return WebSocketAcceptance.Of(origin, new HeaderList([new HeaderField("Sec-WebSocket-Extensions", "grip")]), request, route.Config);
    }

    /// <inheritdoc/>
    public async ValueTask<WebSocketPart> ReadAsync() =>
        await _parts.Reader.WaitToReadAsync() && _parts.Reader.TryRead(out var part) ? part : WebSocketPart.Lost;

    /// <inheritdoc/>
    public async ValueTask<bool> WriteAsync(WebSocketPart part)
    {
        if (part.Kind == WebSocketPartKind.Pong)
            return true;
        byte[] content = part is { IsMessage: true, IsFirst: true } ? [.. _prefix, .. part.Content.Span] : part.Content.ToArray();
        var echo = part with { Kind = part.Kind == WebSocketPartKind.Ping ? WebSocketPartKind.Pong : part.Kind, Content = content };
        while (!_parts.Writer.TryWrite(echo))
        {
            if (!await _parts.Writer.WaitToWriteAsync())
                return false;
        }

        if (part.Kind == WebSocketPartKind.Close)
            _parts.Writer.TryComplete();
        return true;
    }

    /// <inheritdoc/>
    public bool Refresh() => false;

    /// <inheritdoc/>
    public bool TryRecover(string channel, string? lastId, string reason) => false;

    /// <inheritdoc/>
    public void Abort()
    {
        _parts.Writer.TryComplete();
        // What waits is nobody's any more.
        while (_parts.Reader.TryRead(out _))
            continue;
    }
}
