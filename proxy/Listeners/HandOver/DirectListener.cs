using System.Net;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// A listener whose connections begin where they are accepted. The server would give each of them to the thread pool, which wakes a thread for it, and keep
/// books of its own: a fifth of what a held connection costs, and 700 of its bytes. Owned by the server, which gets a <see cref="ServerProbe"/> of it.
/// </summary>
internal sealed class DirectListener(IConnectionListener inner, ConnectionHandOver handOver) : IConnectionListener
{
    // Requests begin on the thread that accepts, which has other sockets too: after so many at a stretch they have their turn.
    private const int MostAtAStretch = 32;

    private ServerProbe? _probe;

    /// <inheritdoc/>
    public EndPoint EndPoint => inner.EndPoint;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_probe is null)
            return _probe = new ServerProbe();
        var entrance = handOver.Open(await _probe.Http, _probe.Features);
        for (var count = 1; ; count++)
        {
            var accepted = inner.AcceptAsync(cancellationToken);
            if (!accepted.IsCompleted)
                count = 0;
            if (await accepted is not { } connection)
                return null;
            handOver.Serve(connection, entrance);
            if (count < MostAtAStretch)
                continue;
            count = 0;
            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
