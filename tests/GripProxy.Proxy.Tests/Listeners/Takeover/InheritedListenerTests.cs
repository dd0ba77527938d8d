using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GripProxy.Proxy.Listeners.Sockets;
using GripProxy.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners.Takeover;

/// <summary>A listening socket that another process has, too: here the other is a copy of the file.</summary>
public sealed partial class InheritedListenerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _others;
    private readonly LogRecorder _log = new();
    private readonly ManualTime _time = new();
    private readonly SocketListener _listener;

    public InheritedListenerTests()
    {
        // By its number: a port that the system has chosen is given back when the socket is shut down.
        _socket.Bind(FreeAddress());
        _others = new Socket(new SafeSocketHandle(Copy(_socket.SafeHandle), ownsHandle: true));
        _listener = new SocketListener(
            new ListenSocket(_socket, IsShared: false, IsInherited: true), MemoryPool<byte>.Shared, new FileShortage(null, TimeProvider.System, NullLogger<FileShortage>.Instance),
            _time, new Logger<ListenAgain>(_log));
        // It does listen: only this object does not know.
        _others.Listen();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task Unbind_WhileAnAcceptIsUnderWay_LeavesTheSocketToOthers()
    {
        // As the runtime does while it is in the system.
        var handle = _socket.SafeHandle;
        var isInUse = false;
        handle.DangerousAddRef(ref isInUse);
        var unbound = Task.Factory.StartNew(() => _listener.UnbindAsync().AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        SpinWait.SpinUntil(() => handle.IsClosed, TimeSpan.FromSeconds(1));
        // Whoever closes it tries to end the use by now, again and again.
        for (var i = 0; i < 100; i++)
            Thread.Yield();
        handle.DangerousRelease();
        await unbound.WaitAsync(Patience);

        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(_listener.EndPoint);
        using var accepted = await _others.AcceptAsync().WaitAsync(Patience);
        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
    }

    [Fact]
    public async Task Accept_AnotherHasShutTheSocketDown_ListensAgainAndSaysSoOnce()
    {
        for (var i = 0; i < 2; i++)
        {
            // Somebody who knows no better; each time while an accept is under way here.
            var accepting = _listener.AcceptAsync().AsTask();
            _others.Shutdown(SocketShutdown.Both);

            using var client = await ConnectAsync();
            await using var accepted = await accepting.WaitAsync(Patience);
            Assert.Equal(client.LocalEndPoint, accepted!.RemoteEndPoint); // The listener goes on.
        }

        Assert.Single(_log.Lines, static line => line.StartsWith("Warning: the socket of ", StringComparison.Ordinal));
    }

    private static EndPoint FreeAddress()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return probe.LocalEndPoint!; // Bound.
    }

    /// <summary>It listens again a moment later, of the clock that is the test's.</summary>
    private async Task<Socket> ConnectAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await client.ConnectAsync(_listener.EndPoint, patience.Token);
                return client;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                client.Dispose();
                _time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Copy(SafeHandle file);
}
