using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>
/// Cuts a client's connection, but not any more once its request has ended: the server may use the context for another request then. Thread-safe.
/// </summary>
internal sealed class ClientCut(HttpContext context) : IDisposable
{
    private readonly Lock _gate = new();
    private HttpContext? _context = context;

    /// <summary>Cuts the connection, over HTTP/2 the stream.</summary>
    public void Cut()
    {
        lock (_gate)
            _context?.Abort();
    }

    /// <summary>The request ends.</summary>
    public void Dispose()
    {
        lock (_gate)
            _context = null;
    }
}
