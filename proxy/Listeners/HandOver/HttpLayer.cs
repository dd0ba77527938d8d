using System.IO.Pipelines;
using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// What the server's HTTP takes for its connection. It is bound to one connection after the other: to HTTP a request that was parked looks
/// answered, and the next connection like the next request. Bound and left under its lock; otherwise owned by HTTP while it is bound, by its pool
/// while it rests.
/// </summary>
#pragma warning disable CA1001 // Its tokens have no timers and no wait handles, and HTTP looks at them to the last.
internal sealed class HttpLayer : ConnectionContext, IConnectionHandOver, IConnectionTransportFeature, IConnectionHeartbeatFeature,
    IConnectionLifetimeNotificationFeature, IDuplexPipe
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly LayerPool? _pool;
    private readonly LayerInput _input;
    private readonly LayerOutput _output = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _stopping = new();
    private volatile ServedConnection? _served;
    private IParkedRequest? _parked;
    private RequestReplay? _replay;
    private object? _beating;
    // Set after what it is called with, and looked at by whoever beats.
    private volatile Action<object>? _beat;
    private bool _isRunning;
    private bool _isDoomed;

    /// <summary>A new one.</summary>
    /// <param name="pool">Where it goes whenever it is left in good order, or null: nowhere.</param>
    /// <param name="server">What the server says of connections that it does not know, or null: it knows them.</param>
    public HttpLayer(LayerPool? pool, IFeatureCollection? server = null)
    {
        _pool = pool;
        _input = new LayerInput(this);
        // Ids of requests are made of this one and a number that never comes again.
        ConnectionId = ConnectionIds.Next();
        Features = new LayerFeatures(this, server);
    }

    /// <summary>The connection it is bound to, or null.</summary>
    public ConnectionContext? Connection => _served?.Connection;

    /// <summary>For the pool: since when it rests.</summary>
    public long RestsSince { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; }

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => Connection?.Items ?? throw new InvalidOperationException("No connection is there.");
        set => throw new NotSupportedException();
    }

    /// <inheritdoc cref="ConnectionContext.Transport"/>
    public override IDuplexPipe Transport { get => this; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed { get => _closed.Token; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public CancellationToken ConnectionClosedRequested { get => _stopping.Token; set => throw new NotSupportedException(); }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <summary>Gives it a connection.</summary>
    public void Bind(ServedConnection served, RequestReplay? replay)
    {
        var transport = served.Connection.Transport;
        lock (_gate)
        {
            _parked = null;
            _replay = replay;
            _input.Bind(transport.Input, replay is null ? default : replay.Head);
            _output.Bind(transport.Output);
            _served = served;
        }

        // HTTP counts its time from its last beat, and has had none while it rested.
        if (_isRunning)
            _beat?.Invoke(_beating!); // Set together.
    }

    /// <summary>Lets HTTP run on the connection.</summary>
    public void Run(ConnectionDelegate http)
    {
        if (_isRunning)
        {
            _input.Resume(isOver: false);
            return;
        }

        _isRunning = true;
        _ = RunAsync(http); // Whoever is bound hears how it ends.
    }

    /// <summary>For the pool: ends a layer that rests.</summary>
    public void Discard() => _input.Resume(isOver: true);

    /// <inheritdoc/>
    public bool IsEnding => _served is { IsStopping: true };

    /// <inheritdoc/>
    public RequestReplay? TakeReplay() => Interlocked.Exchange(ref _replay, null);

    /// <inheritdoc/>
    public void Take(IParkedRequest parked)
    {
        lock (_gate)
        {
            _parked = parked;
            _output.Leave();
            _input.Leave();
        }

        // Its next idle time is counted from here.
        _beat?.Invoke(_beating!); // Set together.
    }

    /// <summary>For the input: HTTP wants the next request. False: there will be none.</summary>
    public bool TryRest()
    {
        ServedConnection? served;
        IParkedRequest? parked;
        RequestReplay? replay;
        bool rests;
        lock (_gate)
        {
            served = _served;
            if (served is null || _pool is null || _isDoomed)
                return false;
            (parked, replay) = (_parked, TakeReplay());
            (_served, _parked) = (null, null);
            rests = _pool.TryAdd(this);
            _isDoomed = !rests;
        }

        // From here on it may be another's.
        replay?.Abandon();
        served.Left(parked);
        return rests;
    }

    /// <summary>The connection is over.</summary>
    public void Close(ServedConnection served)
    {
        if (TryDoom(served))
            _closed.Cancel();
    }

    /// <summary>The server is to be stopped: HTTP ends after the request that is there.</summary>
    public void Stop(ServedConnection served)
    {
        if (TryDoom(served))
            _stopping.Cancel();
    }

    /// <summary>A second has passed.</summary>
    public void Beat(ServedConnection served)
    {
        if (_served == served)
            _beat?.Invoke(_beating!); // Set together.
    }

    /// <inheritdoc/>
    public void OnHeartbeat(Action<object> action, object state) => (_beating, _beat) = (state, action);

    /// <inheritdoc/>
    public void RequestClose() => _served?.RequestClose();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        ConnectionContext? connection;
        lock (_gate)
        {
            _isDoomed = true;
            // A timeout of HTTP that fires at the last moment is not the hold's.
            connection = _parked is null ? Connection : null;
        }

        connection?.Abort(abortReason);
    }

    /// <inheritdoc cref="ConnectionContext.Abort()"/>
    public override void Abort() => Abort(new ConnectionAbortedException("HTTP has aborted the connection."));

    private async Task RunAsync(ConnectionDelegate http)
    {
        try
        {
            await http(this);
        }
        catch (Exception e)
        {
            if (End(out _) is not { } failed)
                throw;
            failed.Failed(e);
            return;
        }

        End(out var parked)?.Left(parked);
    }

    private ServedConnection? End(out IParkedRequest? parked)
    {
        ServedConnection? served;
        lock (_gate)
        {
            _isDoomed = true;
            (served, parked) = (_served, _parked);
            _served = null;
        }

        TakeReplay()?.Abandon();
        return served;
    }

    private bool TryDoom(ServedConnection served)
    {
        lock (_gate)
        {
            // A parked request has ears of its own.
            if (_served != served || _parked is not null)
                return false;
            _isDoomed = true;
            return true;
        }
    }
}
