using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.Routes;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// The origin's side of a WebSocket whose origin speaks HTTP only: what the client sends becomes requests, what the origin answers becomes parts
/// (WOH-01). All state is guarded by one lock, which is never held while something waits. A loop makes the requests; it is started by whoever gives
/// it something to do, and ends when there is nothing: a quiet connection has no task.
/// </summary>
internal sealed partial class OverHttpOrigin : IWebSocketOrigin, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly OverHttpServices _services;
    private readonly OriginCaller _caller;
    private readonly Conversation _talk;
    private readonly Waiter<WebSocketPart> _reader = new();
    private readonly Waiter<bool> _writer = new();
    private readonly Alarm _alarm;
    private WebSocketPart _blocked;
    private bool _isRunning;

    /// <summary>A connection that its origin has opened.</summary>
    /// <param name="caller">Makes its requests.</param>
    /// <param name="target">Options of its target, which stays the same for its whole life (WOH-14).</param>
    /// <param name="schedule">What the origin said about silence so far.</param>
    /// <param name="services">What all have in common.</param>
    public OverHttpOrigin(OriginCaller caller, TargetConfig target, OverHttpSchedule schedule, OverHttpServices services)
    {
        _services = services;
        _caller = caller;
        _talk = new Conversation(new ClientParts(target.OneEvent), schedule, target.AutoPong);
        _alarm = new Alarm(services.Wheel, Ring);
    }

    /// <summary>Takes what else was in the answer that opened it. To be called once, before the hold gets this object.</summary>
    public void Begin(ReceivedEvents first)
    {
        lock (_gate)
        {
            _talk.TakeEvents(first);
            _alarm.Set(_talk.Pause);
        }
    }

    /// <inheritdoc/>
    public ValueTask<WebSocketPart> ReadAsync()
    {
        ValueTask<WebSocketPart> next;
        lock (_gate)
        {
            if (_talk.Received.TryTake(out var part))
                return new ValueTask<WebSocketPart>(part);
            next = _reader.Wait();
            // Only what was read makes room for another answer.
            if (!TryStart())
                return next;
        }

        _ = RunAsync();
        return next;
    }

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(WebSocketPart part)
    {
        ValueTask<bool> written = new(true);
        bool start;
        lock (_gate)
        {
            if (_talk.Phase != OverHttpPhase.Open)
                return new ValueTask<bool>(false);
            if (!_talk.TryAdd(part))
            {
                _blocked = part;
                written = _writer.Wait();
            }

            start = TryStart();
        }

        if (start)
            _ = RunAsync();
        Deliver();
        return written;
    }

    /// <inheritdoc/>
    public bool Refresh()
    {
        lock (_gate)
        {
            if (!_talk.TryRefresh())
                return false;
            if (!TryStart())
                return true;
        }

        RunElsewhere();
        return true;
    }

    /// <inheritdoc/>
    public bool TryRecover(string channel, string? lastId, string reason)
    {
        lock (_gate)
        {
            if (!_talk.TryReport(new MissedItems(channel, lastId, reason)))
                return false;
            if (!TryStart())
                return true;
        }

        RunElsewhere();
        return true;
    }

    /// <inheritdoc/>
    public void Abort()
    {
        var start = false;
        lock (_gate)
        {
            _talk.Received.Drop();
            if (_talk.Phase == OverHttpPhase.Open)
            {
                if (_services.Farewells.TryEnter())
                    _talk.Leave();
                else
                    End();
                start = TryStart();
            }
        }

        _caller.Hurry();
        Deliver();
        if (start)
            RunElsewhere();
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    /// <summary>Makes requests as long as there is something to say. The right to do so was got from <see cref="TryStart"/>.</summary>
    private async Task RunAsync()
    {
        try
        {
            while (TryNext(out var call))
            {
                Rest(await _caller.CallAsync(call, isOpening: false));
                Deliver();
                if (!TryGoOn())
                    return;
            }
        }
        catch (Exception e)
        {
            // A fault of ours; it ends this connection only.
            Log.Failed(_services.Logger, _caller.ConnectionId, e);
            lock (_gate)
                End();
            Deliver();
        }
    }

    private bool TryNext(out OriginCall call)
    {
        lock (_gate)
        {
            _isRunning = _talk.HasWork;
            call = _isRunning ? _talk.Next() : default;
            return _isRunning;
        }
    }

    private bool TryGoOn()
    {
        lock (_gate)
            return TryStart();
    }

    /// <summary>Takes an answer. From here on anybody may start the loop, who gets the answer's parts for example.</summary>
    private void Rest(EventsAnswer answer)
    {
        lock (_gate)
        {
            var wasLeaving = _talk.Phase == OverHttpPhase.Leaving;
            var failure = _talk.Take(answer);
            _isRunning = false;
            if (_talk.Phase == OverHttpPhase.Over)
                CleanUp(wasLeaving);
            else
                _alarm.Set(_talk.Pause);
            if (_talk.WaitsToRetry)
                Log.Retried(_services.Logger, _caller.ConnectionId, _caller.Target, answer.Failure, _talk.Detail, _talk.Pause);
            else if (failure != OverHttpFailure.None)
                Log.Ended(_services.Logger, _caller.ConnectionId, _caller.Target, failure, _talk.Detail);
        }
    }

    /// <summary>The pause is over. On the wheel's thread.</summary>
    private void Ring()
    {
        lock (_gate)
        {
            if (_isRunning || _talk.Phase == OverHttpPhase.Over)
                return;
            _talk.EndPause();
            if (!TryStart())
                return;
        }

        RunElsewhere();
    }

    // Publishers and the wheel come this way, and do not wait.
    private void RunElsewhere() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private bool TryStart()
    {
        if (_isRunning || !_talk.HasWork)
            return false;
        _isRunning = true;
        _alarm.Clear();
        return true;
    }

    private void End()
    {
        var wasLeaving = _talk.Phase == OverHttpPhase.Leaving;
        if (_talk.Phase == OverHttpPhase.Over)
            return;
        _talk.End();
        CleanUp(wasLeaving);
    }

    private void CleanUp(bool wasLeaving)
    {
        if (wasLeaving)
            _services.Farewells.Leave();
        _alarm.Stop();
        _caller.Stop();
    }

    /// <summary>Gives those that wait what there is for them. Without the lock, after every change.</summary>
    private void Deliver()
    {
        WebSocketPart part = default;
        bool isRead, isWritten, hasRoom;
        lock (_gate)
        {
            isRead = _reader.IsWaiting && _talk.Received.TryTake(out part);
            if (isRead)
                _reader.Claim();
            hasRoom = _talk.Phase == OverHttpPhase.Open;
            isWritten = _writer.IsWaiting && (!hasRoom || _talk.TryAdd(_blocked));
            if (isWritten)
                _writer.Claim();
        }

        if (isRead)
            _reader.Give(part);
        if (isWritten)
            _writer.Give(hasRoom);
    }
}
