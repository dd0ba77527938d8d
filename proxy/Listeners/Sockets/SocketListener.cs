using System.Buffers;
using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Takeover;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>Accepts connections from a bound socket. Owned by the server.</summary>
internal sealed class SocketListener : IConnectionListener
{
    // Connections that wait to be accepted: a burst of reconnecting clients after a restart.
    private const int Backlog = 4096;

    private readonly Socket _socket;
    private readonly MemoryPool<byte> _blocks;
    private readonly FileShortage _shortage;
    private readonly ListenAgain _again;

    // All connections have the same local address then, and need none of their own.
    private readonly bool _isExact;
    private readonly bool _isShared;
    private readonly bool _isInherited;

    // Who listened on the shared port before this one.
    private readonly IReadOnlyList<string> _elders = [];
    private volatile bool _isOver;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SocketException">The address is taken.</exception>
    public SocketListener(ListenSocket bound, MemoryPool<byte> blocks, FileShortage shortage, TimeProvider time, ILogger<ListenAgain> logger)
    {
        var socket = _socket = bound.Socket;
        _isShared = bound.IsShared;
        _isInherited = bound.IsInherited;
        _blocks = blocks;
        _shortage = shortage;
        _again = new ListenAgain(socket, Backlog, time, logger);
        // What is accepted inherits it.
        if (socket.LocalEndPoint is IPEndPoint)
            socket.NoDelay = true;
        socket.Listen(Backlog);
        if (_isShared)
            _elders = SharedPort.Enter(socket);
        EndPoint = socket.LocalEndPoint!; // Bound.
        _isExact = EndPoint is not IPEndPoint tcp || (!tcp.Address.Equals(IPAddress.Any) && !tcp.Address.Equals(IPAddress.IPv6Any));
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>
    /// How long it goes on to count as bound when it is no more, because the server closes its connections then. Only where another process accepts on the
    /// same socket; on a shared port it has to wait anyway.
    /// </summary>
    public TimeSpan LeavingTime { private get; set; }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = await _socket.AcceptAsync(cancellationToken);
                if (_shortage.IsNear(accepted.Handle))
                    await WaitForFilesAsync();
                var connection = new SocketConnection(accepted, _isExact ? EndPoint : null, _blocks);
                connection.Start();
                return connection;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e) when (FileShortage.Is(e))
            {
                await _shortage.WaitAsync(e.Message);
            }
            catch (SocketException e) when (ListenAgain.Is(e))
            {
                if (_isOver)
                    return null;
                await _again.TryAsync(EndPoint, e);
            }
            catch (SocketException)
            {
                // The client left while it waited.
            }
        }
    }

    private async Task WaitForFilesAsync()
    {
        do
        {
            await _shortage.WaitAsync("too few files are left");
        }
        while (!_isOver && _shortage.IsNear(NextFile()));
    }

    private static long NextFile()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return probe.Handle;
        }
        catch (SocketException)
        {
            // Not even one.
            return long.MaxValue;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (_isShared && !_isOver)
            await SharedPort.LeaveAsync(_socket, _elders, cancellationToken);
        var waits = _isInherited && !_isOver && LeavingTime > TimeSpan.Zero;
        await DisposeAsync();
        if (waits)
            await Task.Delay(LeavingTime, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_isInherited && !_isOver)
            InheritedSockets.LeaveToOthers(_socket);
        _isOver = true;
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
