using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GripProxy.Proxy.Listeners.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners.Takeover;

/// <summary>A listening socket that another process has, too: here the other is a copy of the file.</summary>
public sealed partial class InheritedListenerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _others;
    private readonly SocketListener _listener;

    public InheritedListenerTests()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _others = new Socket(new SafeSocketHandle(Copy(_socket.SafeHandle), ownsHandle: true));
        _listener = new SocketListener(
            new ListenSocket(_socket, IsShared: false, IsInherited: true), MemoryPool<byte>.Shared, new FileShortage(null, TimeProvider.System, NullLogger<FileShortage>.Instance));
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

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Copy(SafeHandle file);
}
