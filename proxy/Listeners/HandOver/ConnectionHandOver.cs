using GripProxy.Forwarding.HandOver;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Stands before the server's HTTP/1.1 and owns the connection: HTTP runs on it until a request is held, then only the hold, then HTTP anew
/// (see README.md). HTTP/2 is left alone, because its connection carries other requests meanwhile. Stateless.
/// </summary>
internal static class ConnectionHandOver
{
    /// <summary>Stands before the server's HTTP.</summary>
    public static ConnectionDelegate Before(ConnectionDelegate http) => connection => IsHttp2(connection) ? http(connection) : ServeAsync(connection, http);

    private static bool IsHttp2(ConnectionContext connection) =>
        connection.Features.Get<ITlsApplicationProtocolFeature>() is { } chosen && chosen.ApplicationProtocol.Span.SequenceEqual("h2"u8);

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        var heartbeat = new LayerHeartbeat(connection);
        RequestReplay? replay = null;
        for (var number = 0; await RunHttpAsync(connection, http, heartbeat, replay, number) is { } parked; number++)
        {
            // The hold may last for days: nothing of HTTP may be kept over this wait.
            replay = null;
            var after = await parked.RunAsync(connection.Transport.Output, connection.ConnectionClosed);
            if (after.IsCut)
            {
                connection.Abort(new ConnectionAbortedException("The held request has ended without its whole answer."));
                return;
            }

            replay = after.Replay;
        }
    }

    /// <summary>Runs HTTP until the connection ends (null) or a request is parked. A method of its own, so that the layer is garbage when it returns.</summary>
    private static async Task<IParkedRequest?> RunHttpAsync(
        ConnectionContext connection, ConnectionDelegate http, LayerHeartbeat heartbeat, RequestReplay? replay, int number)
    {
        var layer = new HttpLayer(connection, heartbeat, replay, number);
        await http(layer);
        heartbeat.Stop();
        layer.TakeReplay()?.Abandon();
        return layer.Parked;
    }
}
