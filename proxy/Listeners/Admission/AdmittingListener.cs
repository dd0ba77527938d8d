using System.Net;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>
/// A listener behind the gate. It stands here, and not in the connection's pipeline as the server's own limit does, because only whoever
/// accepts can leave connections to the system's queue: what waits costs no memory of ours and no file. Of each that accepts one connection
/// at most, its last, waits inside. Thread-safe. Owned by the server.
/// </summary>
internal sealed class AdmittingListener(IConnectionListener inner, AdmissionGate gate) : IConnectionListener
{
    private readonly CancellationTokenSource _unbound = new();

    /// <inheritdoc/>
    public EndPoint EndPoint => inner.EndPoint;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await inner.AcceptAsync(cancellationToken) is { } connection)
        {
            var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address;
            if (!gate.Admits(peer, out var counted))
            {
                await connection.DisposeAsync();
                continue;
            }

            try
            {
                await gate.EnterAsync(_unbound.Token);
                return new AdmittedConnection(connection, gate, counted, peer);
            }
            catch (OperationCanceledException)
            {
                counted?.Leave(peer!); // Only addresses are counted.
                await connection.DisposeAsync();
                return null;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        // Until then those are let in who had come before.
        await inner.UnbindAsync(cancellationToken);
        await _unbound.CancelAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        _unbound.Dispose();
    }

    private sealed class AdmittedConnection(ConnectionContext inner, AdmissionGate gate, AddressLimits? counted, IPAddress? peer) : ConnectionDecorator(inner)
    {
        private readonly ConnectionContext _inner = inner;
        private int _ended;

        public override void Abort(ConnectionAbortedException abortReason)
        {
            gate.NoteCut(abortReason); // Before anybody hears of the end.
            base.Abort(abortReason);
        }

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await _inner.DisposeAsync();
            }
            finally
            {
                if (Interlocked.Exchange(ref _ended, 1) == 0)
                {
                    counted?.Leave(peer!); // Only addresses are counted.
                    gate.Exit();
                }
            }
        }
    }
}
