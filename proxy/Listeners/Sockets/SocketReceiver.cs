using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// Receives what a client sends, and is the one receive of zero bytes that waits for it at any time. Run by one thread at a time: by whoever started it
/// or was told by the system.
/// </summary>
internal sealed class SocketReceiver : SocketAsyncEventArgs
{
    // What one client may send before others have their turn: the thread serves many, and a fast one could keep it for itself.
    private const int MostRounds = 32;

    private readonly SocketConnection _connection;
    private readonly SocketInput _input;

    public SocketReceiver(SocketConnection connection, SocketInput input)
        : base(true)
    {
        _connection = connection;
        _input = input;
        SetBuffer(Memory<byte>.Empty);
    }

    /// <summary>Receives until the client has to be waited for.</summary>
    public void Pump()
    {
        try
        {
            for (var round = 0; round < MostRounds; round++)
            {
                var step = _input.Receive(out var error);
                if (step == ReceiveStep.Pause)
                    return;
                if (step == ReceiveStep.Stop)
                {
                    if (IsGood(error))
                        _input.End(null);
                    return;
                }

                if (step == ReceiveStep.Again)
                    continue;
                if (_connection.Socket.ReceiveAsync(this) || !IsGood(SocketError))
                    return;
            }

            PumpLater();
        }
        catch (ObjectDisposedException)
        {
            _input.End(_connection.AbortReason ?? new ConnectionAbortedException());
        }
    }

    /// <summary>Goes on elsewhere.</summary>
    public void PumpLater() => ThreadPool.UnsafeQueueUserWorkItem(static receiver => receiver.Pump(), this, preferLocal: true);

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (IsGood(SocketError))
            Pump();
    }

    private bool IsGood(SocketError error)
    {
        if (error == SocketError.Success)
            return true;
        // Whatever the network says of a client that is gone; closing our own side looks like an abort of the receive.
        _input.End(error is SocketError.OperationAborted or SocketError.Interrupted
            ? _connection.AbortReason ?? new ConnectionAbortedException()
            : new ConnectionResetException(new SocketException((int)error).Message));
        return false;
    }
}
