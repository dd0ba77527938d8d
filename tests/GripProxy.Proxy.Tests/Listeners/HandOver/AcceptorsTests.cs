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

    [Fact]
    public async Task ListenerIsOver_WhileOneStillBegins_EndsWhenThatHasBegun()
    {
        // Alone, one takes one after the other.
        if (Environment.ProcessorCount < 2)
            return;
        using var goOn = new ManualResetEventSlim();
        var listener = new ScriptedListener(Stretch + 1);
        var count = 0;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var acceptors = new Acceptors(listener, Serve, CancellationToken.None);
        var over = Task.CompletedTask;
        // Away from the test's own context, so that whoever waits for the listener hears of its end at once.
        await Task.Run(() => { over = acceptors.RunAsync(); });
        await last.Task.WaitAsync(Patience);
        await listener.Waits.WaitAsync(Patience);

        listener.End();

        Assert.False(over.IsCompleted);
        goOn.Set();
        await over.WaitAsync(Patience);

        void Serve(ConnectionContext connection)
        {
            if (Interlocked.Increment(ref count) <= Stretch)
                return;
            last.TrySetResult();
            goOn.Wait(Patience);
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

    /// <summary>Has so many connections at once, and then none until it ends.</summary>
    private sealed class ScriptedListener(int connections) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _end = new();
        private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = connections;

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public Task Waits => _waits.Task;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            if (Interlocked.Decrement(ref _left) >= 0)
                return ValueTask.FromResult<ConnectionContext?>(new DefaultConnectionContext());
            _waits.TrySetResult();
            return new ValueTask<ConnectionContext?>(_end.Task);
        }

        public void End() => _end.SetResult(null);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
