using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Stands before the server's HTTP/1.1 and owns the connections (see README.md). HTTP/2 is left alone, because its connection carries other
/// requests meanwhile. Thread-safe. Disposed of by the server, when it has stopped.
/// </summary>
internal sealed class ConnectionHandOver(TimeSpan idleTimeout, TimeProvider time) : IDisposable
{
    private readonly ServedConnections _all = new(time);
    private readonly LayerPool _layers = new(idleTimeout, time);

    /// <summary>Stands before the server's HTTP.</summary>
    public ConnectionDelegate Before(ConnectionDelegate http) => connection => IsHttp2(connection) ? http(connection) : ServeAsync(connection, http);

    /// <summary>The server is to be stopped, and takes no connections any more: they end as soon as they have no request.</summary>
    public void Stop() => _all.Stop();

    /// <inheritdoc/>
    public void Dispose()
    {
        _all.Dispose();
        _layers.Dispose();
    }

    private static bool IsHttp2(ConnectionContext connection) =>
        connection.Features.Get<ITlsApplicationProtocolFeature>() is { } chosen && chosen.ApplicationProtocol.Span.SequenceEqual("h2"u8);

    private Task ServeAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        // A layer takes it from its first connection whether it is secure, and the certificate with it.
        var isPlain = connection.Features.Get<ITlsConnectionFeature>() is null;
        return new ServedConnection(connection, http, _all, isPlain ? _layers : null, new IdleWatch(idleTimeout, time)).ServeAsync();
    }
}
