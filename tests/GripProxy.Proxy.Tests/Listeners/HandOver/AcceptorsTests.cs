using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.HandOver;
using GripProxy.Proxy.Listeners.Sockets;
using GripProxy.Proxy.Listeners.Takeover;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>Who accepts: one while that is enough, more while many wait.</summary>
public sealed class AcceptorsTests : IAsyncLifetime
{
    private const int Waiting = 100;

    // As many as one takes before it calls another.
    private const int Stretch = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<Socket> _clients = [];
    private readonly ConcurrentBag<ConnectionContext> _served = [];
    private readonly SocketListener _listener;

    public AcceptorsTests()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener = new SocketListener(
            new ListenSocket(socket, IsShared: false), MemoryPool<byte>.Shared, new FileShortage(null, TimeProvider.System, NullLogger<FileShortage>.Instance),
            TimeProvider.System, NullLogger<ListenAgain>.Instance);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var connection in _served)
            connection.Abort();
        _clients.ForEach(static client => client.Dispose());
        await _listener.DisposeAsync();
    }

    [Fact]
    public async Task ManyThatWait_AreServedByTwo_AndNobodyIsForgottenAfterwards()
    {
        await ConnectAsync(Waiting);
        using var meeting = new Barrier(Math.Min(2, Environment.ProcessorCount));
        var (count, met) = (0, 0);
        var all = new TaskCompletionSource();
        var next = new TaskCompletionSource();
        var over = new Acceptors(_listener, Serve, CancellationToken.None).RunAsync();

        await all.Task.WaitAsync(Patience);
        await ConnectAsync(1);
        await next.Task.WaitAsync(Patience);
        await _listener.UnbindAsync();
        await over.WaitAsync(Patience);

        Assert.Equal(2, met);

        void Serve(ConnectionContext connection)
        {
            var number = Interlocked.Increment(ref count);
            // The first of them goes on only when another serves too.
            if (number is Stretch + 1 or Stretch + 2 && meeting.SignalAndWait(Patience))
                Interlocked.Increment(ref met);
            _served.Add(connection);
            if (number == Waiting)
                all.TrySetResult();
            if (number == Waiting + 1)
                next.TrySetResult();
        }
    }

    private async Task ConnectAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _clients.Add(client);
            await client.ConnectAsync(_listener.EndPoint);
        }
    }
}
