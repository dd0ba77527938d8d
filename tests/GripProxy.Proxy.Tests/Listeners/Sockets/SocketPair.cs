using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Sockets;

namespace GripProxy.Proxy.Tests.Listeners.Sockets;

/// <summary>A connection that has not begun to read, and its client.</summary>
internal sealed class SocketPair : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _accepted;

    private SocketPair(Socket client, Socket accepted)
    {
        (Client, _accepted) = (client, accepted);
        Connection = new SocketConnection(accepted, accepted.LocalEndPoint, Blocks);
    }

    public CountingPool Blocks { get; } = new();

    public Socket Client { get; }

    public SocketConnection Connection { get; }

    public PipeReader Input => Connection.Transport.Input;

    public PipeWriter Output => Connection.Transport.Output;

    /// <summary>What the client has sent and the connection not received.</summary>
    public int Waiting => _accepted.Available;

    public static async Task<SocketPair> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 << 20 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!); // Bound.
        return new SocketPair(client, await listener.AcceptAsync());
    }

    /// <summary>Sends until nothing more is taken.</summary>
    public int SendAll()
    {
        Client.Blocking = false;
        var block = new byte[64 * 1024];
        var sent = 0;
        while (Client.Send(block, SocketFlags.None, out var error) is var count && error == SocketError.Success)
            sent += count;
        return sent;
    }

    /// <summary>Completes when the connection says that it is closed.</summary>
    public Task ClosedAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Connection.ConnectionClosed.Register(closed.SetResult);
        return closed.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Connection.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(0, Blocks.Rented);
    }
}
