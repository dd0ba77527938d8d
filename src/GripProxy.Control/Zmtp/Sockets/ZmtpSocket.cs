using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GripProxy.Control.Sockets;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>
/// A ZeroMQ socket: the places where it listens or connects, and the peers there. The seam between doors and ZMTP: derived classes are the four
/// patterns, and see whole messages only. Thread-safe. Owned by <see cref="ZmtpDoors"/>.
/// </summary>
internal abstract partial class ZmtpSocket(string door, ZmtpSocketType type, ZmtpContext context) : IAsyncDisposable
{
    private const int Backlog = 100;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ZmtpPeer, Task> _peers = new();
    private readonly List<Socket> _listening = [];
    private readonly List<Task> _loops = [];
    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    /// <summary>How the log calls it.</summary>
    public string Door => door;

    /// <summary>What it is on the wire.</summary>
    public ZmtpSocketType Type => type;

    /// <summary>What all sockets share.</summary>
    public ZmtpContext Context => context;

    /// <summary>Bytes that a message of a peer may have. Items have no limit in Pushpin; this one keeps a peer from taking all memory.</summary>
    public virtual int MaxMessageBytes => 64 * 1024 * 1024;

    /// <summary>Messages that may wait for a peer.</summary>
    protected virtual int MaxWaiting => int.MaxValue;

    /// <summary>Bytes that may wait for a peer.</summary>
    protected virtual long MaxWaitingBytes => 64 * 1024 * 1024;

    /// <summary>Where it listens, after <see cref="Bind"/>.</summary>
    public IReadOnlyList<EndPoint> Addresses => [.. _listening.Select(socket => socket.LocalEndPoint!)]; // All are bound.

    /// <summary>Listens at an address.</summary>
    /// <exception cref="IOException">It cannot be bound.</exception>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be bound.</exception>
    public void Bind(ZmtpEndpoint endpoint, UnixFileMode? mode)
    {
        var socket = endpoint.Path is { } path ? UnixSocket.Bind(path, mode) : ZmtpTransport.BindTcp(endpoint.ResolveLocal());
        _listening.Add(socket);
        socket.Listen(Backlog);
        _loops.Add(AcceptAsync(socket));
    }

    /// <summary>Connects to an address, again and again until it is there, and whenever it is gone.</summary>
    public void Connect(ZmtpEndpoint endpoint) => _loops.Add(ConnectAsync(endpoint));

    /// <summary>Takes no more peers, lets what waits for them be written until <paramref name="cut"/>, and closes their connections. May be called again.</summary>
    public async Task StopAsync(CancellationToken cut)
    {
        await _stopping.CancelAsync();
        foreach (var socket in _listening)
            socket.Dispose();
        foreach (var (peer, _) in _peers)
            await FlushAsync(peer, cut);
        foreach (var (peer, _) in _peers)
            peer.Drop(ZmtpFault.None);
        await Task.WhenAll(_loops);
        await Task.WhenAll(_peers.Values);
    }

    /// <summary>Stops at once, if it runs still.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await StopAsync(new CancellationToken(canceled: true));
        _stopping.Dispose();
    }

    /// <summary>A peer is ready; messages of it follow.</summary>
    public virtual void Attach(ZmtpPeer peer)
    {
    }

    /// <summary>A peer that was ready is gone.</summary>
    public virtual void Detach(ZmtpPeer peer)
    {
    }

    /// <summary>A message came. Called by one thread per peer; must not wait and must not throw for what is in the message.</summary>
    /// <returns>What is wrong with it, so that the peer is dropped; or None.</returns>
    public abstract ZmtpFault Receive(ZmtpPeer peer, IReadOnlyList<ReadOnlyMemory<byte>> parts);

    /// <summary>A subscription or its end came as a command. Called like <see cref="Receive"/>.</summary>
    public virtual ZmtpFault Subscribe(ZmtpPeer peer, ReadOnlyMemory<byte> topic, bool isWanted) => ZmtpFault.Malformed;

    private static async Task FlushAsync(ZmtpPeer peer, CancellationToken cut)
    {
        try
        {
            await peer.Outbox.FlushAsync(cut);
        }
        catch (OperationCanceledException)
        {
            // What is left is lost, as it would be with a peer that is gone.
        }
    }

    private async Task AcceptAsync(Socket listening)
    {
        var isKnown = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listening.AcceptAsync(_stopping.Token);
                isKnown = false;
                var name = socket.RemoteEndPoint is IPEndPoint address ? address.ToString() : $"{listening.LocalEndPoint}";
                _ = ServeAsync(socket, name);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of files, or a peer that was gone already.
                if (!isKnown)
                    Log.AcceptFailed(context.Logger, door, e);
                isKnown = true;
                await WaitAsync(FirstRetry);
            }
        }
    }

    private async Task ConnectAsync(ZmtpEndpoint endpoint)
    {
        var wait = FirstRetry;
        var isKnown = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await ZmtpTransport.ConnectAsync(endpoint.ResolveRemote(), _stopping.Token);
                isKnown = false;
                // One that is dropped comes back as rarely as one that cannot be reached.
                if (await ServeAsync(socket, endpoint.Spec) == ZmtpFault.None)
                    wait = FirstRetry;
            }
            catch (SocketException e)
            {
                if (!isKnown)
                    Log.ConnectFailed(context.Logger, door, endpoint.Spec, e.Message);
                isKnown = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await WaitAsync(wait);
            wait = wait * 2 < LastRetry ? wait * 2 : LastRetry;
        }
    }

    private async Task WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, context.Time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop looks for itself.
        }
    }

    /// <summary>Serves a peer until it is gone. Never throws.</summary>
    /// <returns>Why it was dropped; None: it went away.</returns>
    private async Task<ZmtpFault> ServeAsync(Socket socket, string name)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var peer = new ZmtpPeer(name, stream, new ZmtpOutbox(stream, MaxWaiting, MaxWaitingBytes));
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _peers[peer] = done.Task;
        try
        {
            // Whoever comes while the socket stops is not waited for.
            if (_stopping.IsCancellationRequested)
                return ZmtpFault.None;
            ZmtpTransport.SetOptions(socket);
            var fault = _peers.Count > context.MaxPeers ? ZmtpFault.TooManyPeers : await new ZmtpSession(this, peer).RunAsync();
            // What we did ourselves comes before what the reader noticed of it.
            fault = peer.Fault == ZmtpFault.None ? fault : peer.Fault;
            Note(peer, fault);
            return fault;
        }
        catch (SocketException)
        {
            // It was gone before anything was said.
            return ZmtpFault.None;
        }
        catch (Exception e)
        {
            Log.PeerFailed(context.Logger, door, name, e);
            return ZmtpFault.Malformed;
        }
        finally
        {
            _peers.TryRemove(peer, out _);
            done.SetResult();
        }
    }

    private void Note(ZmtpPeer peer, ZmtpFault fault)
    {
        if (fault == ZmtpFault.None)
        {
            Log.PeerGone(context.Logger, door, peer.Name);
            return;
        }

        context.Metrics.Dropped(fault);
        Log.PeerDropped(context.Logger, door, peer.Name, ZmtpFaultWords.Text(fault));
    }

    /// <summary>For the session: the handshake is done.</summary>
    public void Admit(ZmtpPeer peer)
    {
        Log.PeerConnected(context.Logger, door, peer.Name);
        Attach(peer);
    }
}
