using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Stands before the server's HTTP/1.1 and owns the connections (see README.md). HTTP/2 is left alone, because its connection carries other
/// requests meanwhile. Thread-safe. Disposed of by the server, when it has stopped.
/// </summary>
internal sealed class ConnectionHandOver(TimeSpan idleTimeout, TimeProvider time, ILogger<ConnectionHandOver> logger) : IDisposable
{
    private readonly ServedConnections _all = new(time);
    private readonly DirectConnections _direct = new(time, logger);
    private readonly LayerPool _layers = new(idleTimeout, time);

    /// <summary>Stands before the server's HTTP, for connections that the server knows.</summary>
    /// <param name="http">Takes connections of HTTP/1.1.</param>
    /// <param name="http2">Takes connections of HTTP/2.</param>
    public ConnectionDelegate Before(ConnectionDelegate http, ConnectionDelegate http2)
    {
        var plain = new HttpEntrance(http, _layers, _all, null, null);
        // A layer takes it from its first connection whether it is secure, and the certificate with it.
        var secure = plain with { Layers = null };
        return connection =>
        {
            if (connection is ServerProbe probe)
            {
                probe.Arrive(http);
                return Task.CompletedTask;
            }

            if (IsHttp2(connection))
                return http2(connection);
            return Make(connection, connection.Features.Get<ITlsConnectionFeature>() is null ? plain : secure).ServeAsync();
        };
    }

    /// <summary>Where connections come in that the server does not know; they are without TLS and speak HTTP/1.1.</summary>
    /// <param name="http">The server's HTTP.</param>
    /// <param name="server">What it wants to know of a connection.</param>
    public HttpEntrance Open(ConnectionDelegate http, IFeatureCollection server) => new(http, _layers, _all, _direct, server);

    /// <summary>Begins to serve such a connection, and closes it at its end.</summary>
    public void Serve(ConnectionContext connection, HttpEntrance entrance)
    {
        var served = Make(connection, entrance);
        _direct.Add(served);
        _ = served.ServeAsync(); // Never faults: it is told where such connections are known.
    }

    /// <summary>The server is to be stopped, and takes no connections any more: they end as soon as they have no request.</summary>
    public void Stop() => _all.Stop();

    /// <summary>Waits for the connections that the server does not know, and cuts those that have not ended when the token fires.</summary>
    public Task EndAsync(CancellationToken cut) => _direct.EndAsync(cut);

    /// <inheritdoc/>
    public void Dispose()
    {
        _all.Dispose();
        _layers.Dispose();
    }

    private static bool IsHttp2(ConnectionContext connection) =>
        connection.Features.Get<ITlsApplicationProtocolFeature>() is { } chosen && chosen.ApplicationProtocol.Span.SequenceEqual("h2"u8);

    private ServedConnection Make(ConnectionContext connection, HttpEntrance entrance) => new(connection, entrance, new IdleWatch(idleTimeout, time));
}
