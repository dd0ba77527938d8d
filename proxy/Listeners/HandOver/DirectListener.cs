using System.Net;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// A listener whose connections begin where they are accepted. The server would give each of them to the thread pool, which wakes a thread for it, and keep
/// books of its own: a fifth of what a held connection costs, and 700 of its bytes. Owned by the server, which gets a <see cref="ServerProbe"/> of it.
/// </summary>
internal sealed class DirectListener(IConnectionListener inner, ConnectionHandOver handOver) : IConnectionListener
{
    private ServerProbe? _probe;

    /// <inheritdoc/>
    public EndPoint EndPoint => inner.EndPoint;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_probe is null)
            return _probe = new ServerProbe();
        var entrance = handOver.Open(await _probe.Http, _probe.Features);
        await new Acceptors(inner, connection => handOver.Serve(connection, entrance), cancellationToken).RunAsync();
        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
