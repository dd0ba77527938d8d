using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Stands before the server's HTTP/1.1 and owns the connections (see README.md). HTTP/2 is left alone, because its connection carries other
/// requests meanwhile. Thread-safe.
/// </summary>
internal sealed class ConnectionHandOver(LayerPool layers, TimeSpan idleTimeout, TimeProvider time)
{
    /// <summary>Stands before the server's HTTP.</summary>
    public ConnectionDelegate Before(ConnectionDelegate http) => connection => IsHttp2(connection) ? http(connection) : ServeAsync(connection, http);

    private static bool IsHttp2(ConnectionContext connection) =>
        connection.Features.Get<ITlsApplicationProtocolFeature>() is { } chosen && chosen.ApplicationProtocol.Span.SequenceEqual("h2"u8);

    private Task ServeAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        // A layer takes it from its first connection whether it is secure, and the certificate with it.
        var isPlain = connection.Features.Get<ITlsConnectionFeature>() is null;
        var served = new ServedConnection(connection, http, isPlain ? layers : null, new IdleWatch(idleTimeout, time));
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static served => ((ServedConnection)served).Beat(), served);
        return served.ServeAsync();
    }
}
