using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using GripProxy.Forwarding.HandOver;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// A connection's life: it waits for a request, HTTP runs on it in a layer until it ends or a request is held, then only the hold, then it waits
/// again. Owned by the task that serves it; its layer, the server's heartbeat and its tokens come from other threads.
/// </summary>
internal sealed class ServedConnection(ConnectionContext connection, ConnectionDelegate http, LayerPool? layers, IdleWatch idle)
    : IValueTaskSource<IParkedRequest?>
{
    private IdleWatch _idle = idle;
    private ManualResetValueTaskSourceCore<IParkedRequest?> _outcome;
    private volatile HttpLayer? _layer;

    /// <summary>The connection.</summary>
    public ConnectionContext Connection => connection;

    private CancellationToken Stopping => connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

    /// <summary>Serves it to its end.</summary>
    public async Task ServeAsync()
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

    /// <summary>The server's heartbeat, for timeouts.</summary>
    public void Beat()
    {
        if (_layer is { } layer)
            layer.Beat(this);
        else if (_idle.TryEndIfTooLong())
            connection.Transport.Input.CancelPendingRead();
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
        // Not kept while a request is held, when it would only weigh.
        var stopping = Stopping.UnsafeRegister(static served => ((ServedConnection)served!).Stop(), this);
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
            stopping.Unregister();
            closed.Unregister();
        }
    }

    private void Begin(RequestReplay? replay)
    {
        var isEnding = connection.ConnectionClosed.IsCancellationRequested || Stopping.IsCancellationRequested;
        var layer = (isEnding ? null : layers?.Rent()) ?? new HttpLayer(layers);
        layer.Bind(this, replay);
        layer.Run(http);
        // Only now: HTTP that hears of its end before its first request takes none, and one that comes back would be lost. As a fence: either
        // this sees the end below, or whoever tells of it sees the layer.
        Interlocked.Exchange(ref _layer, layer);
        if (connection.ConnectionClosed.IsCancellationRequested)
            Close();
        if (Stopping.IsCancellationRequested)
            Stop();
    }

    /// <summary>Waits until something of a request is there; nothing is consumed. False: the connection is over, or has waited too long.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitForRequestAsync()
    {
        _idle.Begin();
        if (Stopping.IsCancellationRequested)
            return false;
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync();
                input.AdvanceTo(read.Buffer.Start);
                if (!read.Buffer.IsEmpty)
                    return _idle.TryFinish();
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

    private void Stop()
    {
        if (_layer is { } layer)
            layer.Stop(this);
        else if (_idle.TryEnd())
            connection.Transport.Input.CancelPendingRead();
    }
}
