using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using GripProxy.Forwarding.HandOver;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// A connection's life: it waits for a request, HTTP runs on it in a layer until it ends or a request is held, then only the hold, then it waits
/// again. Owned by the task that serves it; its layer, <see cref="ServedConnections"/> and its token come from other threads.
/// </summary>
internal sealed class ServedConnection(ConnectionContext connection, HttpEntrance entrance, IdleWatch idle) : IValueTaskSource<IParkedRequest?>
{
    // A client that has just connected has its request under way: it is not turned away when the server stops at that moment.
    private static readonly TimeSpan FirstRequestTime = TimeSpan.FromMilliseconds(500);

    private IdleWatch _idle = idle;
    private bool _hasServed;
    private ManualResetValueTaskSourceCore<IParkedRequest?> _outcome;
    private volatile HttpLayer? _layer;
    private volatile bool _isUnwanted;

    /// <summary>The connection.</summary>
    public ConnectionContext Connection => connection;

    /// <summary>For <see cref="ServedConnections"/>: the one before it.</summary>
    public ServedConnection? Previous { get; set; }

    /// <summary>For <see cref="ServedConnections"/>: the one after it.</summary>
    public ServedConnection? Next { get; set; }

    /// <summary>For <see cref="DirectConnections"/>: where it stands.</summary>
    public int Place { get; set; }

    /// <summary>True if it ends after the request that is there.</summary>
    public bool IsStopping => entrance.Served.IsStopping || _isUnwanted;

    /// <summary>Serves it to its end. A connection that the server does not know is closed then, and what goes wrong is told here.</summary>
    public async Task ServeAsync()
    {
        try
        {
            RequestReplay? replay = null;
            while (await RunHttpAsync(replay) is { } parked)
            {
                // The hold may last for days: nothing of HTTP may be kept over this wait.
                replay = null;
                var after = await parked.RunAsync(connection.Transport.Output, connection.ConnectionClosed);
                if (after.IsCut)
                {
                    connection.Abort(new ConnectionAbortedException("The held request has ended without its whole answer."));
                    return;
                }

                replay = after.Replay;
            }
        }
        catch (Exception e) when (entrance.Direct is { } direct)
        {
            direct.Failed(this, e);
        }
        finally
        {
            if (entrance.Direct is { } direct)
                await direct.LeaveAsync(this);
        }
    }

    /// <summary>A second has passed, for timeouts.</summary>
    public void Beat()
    {
        if (_layer is { } layer)
            layer.Beat(this);
        else if (_idle.TryEndIfTooLong() || (IsStopping && _idle.TryEndAfter(FirstRequestTime)))
            connection.Transport.Input.CancelPendingRead();
    }

    /// <summary>For its layer: the connection ends after the request that is there.</summary>
    public void RequestClose()
    {
        _isUnwanted = true;
        Stop();
    }

    /// <summary>For its layer: HTTP is done with the connection, for the request that was parked or (null) for ever.</summary>
    public void Left(IParkedRequest? parked) => _outcome.SetResult(parked);

    /// <summary>For its layer: HTTP has failed, and the connection with it.</summary>
    public void Failed(Exception exception) => _outcome.SetException(exception);

    IParkedRequest? IValueTaskSource<IParkedRequest?>.GetResult(short token) => _outcome.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<IParkedRequest?>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<IParkedRequest?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);

    /// <summary>Runs HTTP until the connection ends (null) or a request is parked.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<IParkedRequest?> RunHttpAsync(RequestReplay? replay)
    {
        entrance.Served.Add(this);
        CancellationTokenRegistration closed = default;
        try
        {
            if (replay is null && !await WaitForRequestAsync())
                return null;
            closed = connection.ConnectionClosed.UnsafeRegister(static served => ((ServedConnection)served!).Close(), this);
            _outcome.Reset();
            var outcome = new ValueTask<IParkedRequest?>(this, _outcome.Version);
            Begin(replay);
            var parked = await outcome;
            // It would keep this method's state, and the request, for as long as the hold lasts.
            _outcome.Reset();
            return parked;
        }
        finally
        {
            _layer = null;
            // Whoever is in the middle of it meets a layer that knows better.
            entrance.Served.Remove(this);
            closed.Unregister();
        }
    }

    private void Begin(RequestReplay? replay)
    {
        var isEnding = connection.ConnectionClosed.IsCancellationRequested || IsStopping;
        var layer = (isEnding ? null : entrance.Layers?.Rent()) ?? new HttpLayer(entrance.Layers, entrance.Server);
        layer.Bind(this, replay);
        layer.Run(entrance.Run);
        // Only now: HTTP that hears of its end before its first request takes none, and one that comes back would be lost. As a fence: either
        // this sees the end below, or whoever tells of it sees the layer.
        Interlocked.Exchange(ref _layer, layer);
        if (connection.ConnectionClosed.IsCancellationRequested)
            Close();
        if (IsStopping)
            Stop();
    }

    /// <summary>Waits until something of a request is there; nothing is consumed. False: the connection is over, or has waited too long.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitForRequestAsync()
    {
        _idle.Begin();
        // Either this sees the stop, or whoever stops sees the wait.
        Interlocked.MemoryBarrier();
        if (IsStopping && _hasServed)
            return false;
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync();
                input.AdvanceTo(read.Buffer.Start);
                if (!read.Buffer.IsEmpty)
                {
                    // In this order: whoever stops meanwhile still gives a first request its time.
                    var isWanted = _idle.TryFinish();
                    _hasServed = true;
                    return isWanted;
                }

                // A cancellation may have been meant for the layer before.
                if (read.IsCompleted || (read.IsCanceled && _idle.IsEnded))
                    return false;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone, or the connection was aborted.
            return false;
        }
    }

    private void Close() => _layer?.Close(this);

    /// <summary>The server is to be stopped: a wait for a request ends, HTTP after the request that is there.</summary>
    public void Stop()
    {
        // The other half of the fences.
        Interlocked.MemoryBarrier();
        if (_layer is { } layer)
            layer.Stop(this);
        else if (_hasServed ? _idle.TryEnd() : _idle.TryEndAfter(FirstRequestTime))
            connection.Transport.Input.CancelPendingRead();
    }
}
