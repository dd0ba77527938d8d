using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// A client's connection (see README.md): a socket, what was read of it and not consumed, what is written to it and not sent. Guarded by one lock,
/// because a second would cost more memory than it would save time.
/// </summary>
internal sealed class SocketConnection : ConnectionContext, IDuplexPipe, IConnectionTransportFeature, IConnectionLifetimeFeature,
    IMemoryPoolFeature, IConnectionIdFeature, IConnectionItemsFeature, IConnectionEndPointFeature, IConnectionSocketFeature
{
    private readonly CancellationTokenSource _closed = new();
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private IDictionary<object, object?>? _items;
    private string? _id;
    private bool _isOver;

    public SocketConnection(Socket socket, EndPoint? local, MemoryPool<byte> blocks)
    {
        // Sends and receives that do not wait: what waits does so without a thread.
        socket.Blocking = false;
        Socket = socket;
        MemoryPool = blocks;
        // Hardly anybody asks, and where it is not the listener's it has to be found out.
        LocalEndPoint = local;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Features = new ConnectionFeatures(this);
        _input = new SocketInput(this);
        _output = new SocketOutput(this);
        Transport = this;
    }

    /// <summary>The lock of the connection and of its two halves.</summary>
    public Lock Gate { get; } = new();

    /// <inheritdoc/>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>Why the connection was aborted, or null.</summary>
    public ConnectionAbortedException? AbortReason { get; private set; }

    /// <inheritdoc/>
    public override string ConnectionId { get => _id ??= ConnectionIds.Next(); set => _id = value; }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; }

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get => _items ??= new ConnectionItems(); set => _items = value; }

    /// <inheritdoc cref="ConnectionContext.Transport"/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc cref="BaseConnectionContext.LocalEndPoint"/>
    public override EndPoint? LocalEndPoint { get => field ??= FindLocalEndPoint(); set; }

    /// <inheritdoc cref="BaseConnectionContext.RemoteEndPoint"/>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <inheritdoc cref="BaseConnectionContext.ConnectionClosed"/>
    public override CancellationToken ConnectionClosed { get; set; }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <summary>Begins to read.</summary>
    public void Start() => _input.Start();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!TryEnd(abortReason))
            return;
        // A reset: the client shall see that something is missing.
        Socket.Close(0);
        _output.Break();
        _input.Break();
    }

    /// <inheritdoc cref="ConnectionContext.Abort()"/>
    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the application via ConnectionContext.Abort()."));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _output.CompleteAsync();
        await _output.Ended;
        await _input.Ended;
        _closed.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>For the output: everything is sent and nothing follows.</summary>
    public void Close()
    {
        if (!TryEnd(null))
            return;
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The client is gone already.
        }

        Socket.Dispose();
    }

    /// <summary>For the input: nothing comes from the client any more. Who asked for it hears of it on the thread pool.</summary>
    public Task FireClosedAsync() => _closed.CancelAsync();

    private EndPoint? FindLocalEndPoint()
    {
        try
        {
            return Socket.LocalEndPoint;
        }
        catch (ObjectDisposedException)
        {
            // It is over: whoever begins with it meets that at once.
            return null;
        }
    }

    private bool TryEnd(ConnectionAbortedException? reason)
    {
        lock (Gate)
        {
            if (_isOver)
                return false;
            _isOver = true;
            AbortReason = reason;
            return true;
        }
    }
}
