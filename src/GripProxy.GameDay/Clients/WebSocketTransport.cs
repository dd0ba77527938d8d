using System.Net.WebSockets;

namespace GripProxy.GameDay.Clients;

/// <summary>Listens to a WebSocket. Thread-safe.</summary>
internal sealed class WebSocketTransport : IListenTransport
{
    /// <inheritdoc/>
    public async Task ListenAsync(Uri address, Action held, Action<ReadOnlyMemory<byte>, bool> take, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = address.Scheme is "https" or "wss" ? "wss" : "ws" }.Uri, cancellationToken);
        held();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
                return;
            take(buffer.AsMemory(0, read.Count), read.EndOfMessage);
        }
    }
}
