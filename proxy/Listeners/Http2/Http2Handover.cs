using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.Http2;

/// <summary>
/// Where connections become HTTP/2 although their listener speaks HTTP/1.1. Without TLS the server decides by listener, not by connection;
/// so this is a listener of its own that binds to nothing and is given connections by <see cref="PriorKnowledge"/>. Thread-safe.
/// </summary>
internal sealed class Http2Handover : EndPoint, IConnectionListener
{
    private readonly Channel<ConnectionContext> _given = Channel.CreateUnbounded<ConnectionContext>();

    EndPoint IConnectionListener.EndPoint => this;

    /// <summary>Serves a connection as HTTP/2; completes at its end. A connection that comes too late is left as it is, for its owner to close.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        var given = new GivenConnection(connection);
        if (_given.Writer.TryWrite(given))
            await given.Ended;
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _given.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_given.Reader.TryRead(out var connection))
                return connection;
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _given.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override string ToString() => "h2c";

    private sealed class GivenConnection(ConnectionContext inner) : ConnectionDecorator(inner)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public override ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
