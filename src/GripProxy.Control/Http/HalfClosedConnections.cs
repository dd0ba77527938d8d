using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GripProxy.Control.Http;

/// <summary>
/// Lets the HTTP server of the control port serve publishers that send and close without waiting for the answer. By itself the server takes
/// the end of their sending for the end of the connection and drops what it has not handled yet, which Pushpin publishes.
/// </summary>
public static class HalfClosedConnections
{
    /// <summary>
    /// Serves them on all endpoints that are added after this call. A client that leaves is then noticed when reading from it or writing to it
    /// fails, no longer by the request's abort token.
    /// </summary>
    public static void Serve(KestrelServerOptions server) =>
        server.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection =>
        {
            connection.ConnectionClosed = CancellationToken.None;
            connection.Transport = new Duplex(new LateEndReader(connection.Transport.Input), connection.Transport.Output);
            return next(connection);
        }));

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
