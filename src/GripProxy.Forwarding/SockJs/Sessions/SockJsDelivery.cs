using GripProxy.Channels.Timing;
using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>
/// The way of frames from a session to the requests of its client, and with it the session's life (SJS-03): what the session has waits for the next
/// request, and the next request for what it has. Guarded by its own lock.
/// </summary>
internal sealed class SockJsDelivery
{
    private readonly Lock _gate = new();
    private readonly SockJsBacklog _backlog;
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _timer;
    private readonly SockJsInbox _inbox;
    private readonly Action _ended;
    private SockJsReceiver? _receiver;
    private int _deliveries;
    private CancellationTokenSource? _gone;

    /// <summary>Begins the life of a session.</summary>
    /// <param name="wheel">The clock.</param>
    /// <param name="first">The request that begins it, which is waiting already.</param>
    /// <param name="inbox">Learns here how the session ends.</param>
    /// <param name="ended">Called once, when nobody shall find the session any more. Must be short.</param>
    public SockJsDelivery(TimerWheel wheel, SockJsReceiver first, SockJsInbox inbox, Action ended)
    {
        _wheel = wheel;
        _receiver = first;
        _inbox = inbox;
        _backlog = new SockJsBacklog(inbox);
        _ended = ended;
        _timer = new WheelTimer(static state => ((SockJsDelivery)state).OnTimer(), this);
    }

    /// <summary>Cancelled when the session has ended.</summary>
    public CancellationToken Gone
    {
        get
        {
            lock (_gate)
            {
                _gone ??= new CancellationTokenSource();
                if (_backlog.Phase == SockJsPhase.Ended)
                    _gone.Cancel();
                return _gone.Token;
            }
        }
    }

    /// <summary>The origin has accepted: the first frame says so.</summary>
    public void Open()
    {
        lock (_gate)
            _backlog.Open();
    }

    /// <summary>A request wants to receive, and waits from now on.</summary>
    /// <returns>Null: it may ask for frames; else the frame that is its whole answer.</returns>
    public SockJsFrame? Attach(SockJsReceiver receiver)
    {
        lock (_gate)
        {
            if (_receiver is not null)
                return new SockJsFrame(SockJsFrames.StillOpen, IsLast: true);
            if (_backlog.WholeAnswer is { } answer)
                return answer;
            _receiver = receiver;
            receiver.First = NextLocked(receiver);
            return null;
        }
    }

    /// <summary>
    /// The next frame, as soon as there is one. A request that gets but one is detached with it, because the client may be back before we know that
    /// it has got it; <see cref="Delivered"/> or <see cref="End"/> must follow.
    /// </summary>
    public Task<SockJsFrame> NextAsync(SockJsReceiver receiver)
    {
        lock (_gate)
        {
            var first = receiver.First;
            receiver.First = null;
            return first ?? NextLocked(receiver);
        }
    }

    /// <summary>The request's answer is complete.</summary>
    public void Delivered(SockJsReceiver receiver)
    {
        lock (_gate)
        {
            if (_receiver == receiver)
                _receiver = null;
            else
                _deliveries--;
            if (_backlog.Phase != SockJsPhase.Ended && _receiver is null && _deliveries == 0)
                _wheel.Schedule(_timer, SockJsSession.IdleTime);
        }
    }

    /// <summary>The client has cut the request off. While it waited, that closes the session; what was on its way to the client is lost otherwise.</summary>
    public void Leave(SockJsReceiver receiver)
    {
        lock (_gate)
        {
            if (receiver.Waiting is null || _receiver != receiver)
                return;
            Give(receiver, SockJsFrame.None);
            _receiver = null;
            _backlog.Drop(SockJsPhase.ClientClosed);
            // The hold ends the session when the origin has answered; this is for one that does not.
            _wheel.Schedule(_timer, SockJsSession.HeartbeatTime);
        }

        _inbox.End(new WebSocketPart(WebSocketPartKind.Close, default));
    }

    /// <summary>Cuts the session off, unless all that is left to do is to tell the client that it is closed.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            if (_backlog.Phase is not (SockJsPhase.Closing or SockJsPhase.Closed))
                EndLocked();
        }

        _inbox.Cut();
    }

    /// <summary>Cuts the session off: its client is gone, or lost something.</summary>
    public void End()
    {
        lock (_gate)
            EndLocked();
        _inbox.Cut();
    }

    /// <summary>Adds messages as <see cref="SockJsMessageFraming"/> writes them; waits for room. False: nothing can reach the client any more.</summary>
    public async ValueTask<bool> AddAsync(ReadOnlyMemory<byte> elements)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_backlog.Add(elements.Span, out room) is { } isTaken)
                {
                    if (isTaken)
                        Serve();
                    return isTaken;
                }
            }

            await room;
        }
    }

    /// <summary>The client shall hear, after what waits for it, that the session is closed. False: it cannot.</summary>
    /// <param name="content">Content of a WebSocket's close frame.</param>
    public bool Close(ReadOnlyMemory<byte> content)
    {
        lock (_gate)
        {
            if (!_backlog.TryClose(content))
                return false;
            if (_backlog.Phase == SockJsPhase.Closed)
                _wheel.Schedule(_timer, SockJsSession.IdleTime);
            else
                Serve();
            return true;
        }
    }

    private Task<SockJsFrame> NextLocked(SockJsReceiver receiver)
    {
        if (TryTake(receiver, out var frame))
            return Task.FromResult(frame);
        receiver.Waiting = new TaskCompletionSource<SockJsFrame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wheel.Schedule(_timer, SockJsSession.HeartbeatTime);
        return receiver.Waiting.Task;
    }

    private void Serve()
    {
        if (_receiver is { Waiting: not null } receiver && TryTake(receiver, out var frame))
            Give(receiver, frame);
    }

    private bool TryTake(SockJsReceiver receiver, out SockJsFrame frame)
    {
        if (!_backlog.TryNext(out frame))
            return false;
        _wheel.Cancel(_timer);
        if (!frame.IsNone)
            Detach(receiver);
        return true;
    }

    // One that gets but one frame; its client may be back before we know that it has got it.
    private void Detach(SockJsReceiver receiver)
    {
        if (receiver.IsStream)
            return;
        _receiver = null;
        _deliveries++;
    }

    private static void Give(SockJsReceiver receiver, SockJsFrame frame)
    {
        receiver.Waiting?.SetResult(frame);
        receiver.Waiting = null;
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_receiver is { Waiting: not null } receiver)
            {
                Detach(receiver);
                Give(receiver, new SockJsFrame(SockJsFrames.Heartbeat));
                return;
            }

            if (_receiver is not null || _deliveries > 0)
                return;
            EndLocked();
        }

        _inbox.Cut();
    }

    private void EndLocked()
    {
        if (_backlog.Phase == SockJsPhase.Ended)
            return;
        _wheel.Cancel(_timer);
        _backlog.Drop(SockJsPhase.Ended);
        if (_receiver is { } receiver)
            Give(receiver, SockJsFrame.None);
        _ended();
        _ = _gone?.CancelAsync(); // Its callbacks run elsewhere.
    }
}
