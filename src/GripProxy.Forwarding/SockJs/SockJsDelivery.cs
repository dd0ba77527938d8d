using GripProxy.Channels.Timing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs;

/// <summary>
/// The way of frames from a session to the requests of its client, and with it the session's life (SJS-03): messages wait here for the next request.
/// Guarded by its own lock.
/// </summary>
internal sealed class SockJsDelivery
{
    private readonly Lock _gate = new();
    private readonly SockJsOutbox _outbox = new();
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _timer;
    private readonly SockJsInbox _inbox;
    private readonly Action _ended;
    private SockJsPhase _phase;
    private SockJsReceiver? _receiver;
    private bool _isAnnounced;
    private int _deliveries;
    private ReadOnlyMemory<byte> _closeFrame;
    private ReadOnlyMemory<byte> _closeContent;
    private TaskCompletionSource? _room;
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
                if (_phase == SockJsPhase.Ended)
                    _gone.Cancel();
                return _gone.Token;
            }
        }
    }

    /// <summary>The origin has accepted: the first frame says so.</summary>
    public void Open()
    {
        lock (_gate)
        {
            if (_phase == SockJsPhase.Opening)
                _phase = SockJsPhase.Open;
        }
    }

    /// <summary>A request wants to receive, and waits from now on.</summary>
    /// <returns>Null: it may ask for frames; else the frame that is its whole answer.</returns>
    public SockJsFrame? Attach(SockJsReceiver receiver)
    {
        lock (_gate)
        {
            if (_receiver is not null)
                return new SockJsFrame(SockJsFrames.StillOpen, IsLast: true);
            switch (_phase)
            {
                case SockJsPhase.ClientClosed:
                    return new SockJsFrame(SockJsFrames.AlreadyClosed, IsLast: true);
                case SockJsPhase.Closed:
                    return new SockJsFrame(_closeFrame, IsLast: true);
                case SockJsPhase.Ended:
                    return SockJsFrame.None;
                default:
                    _receiver = receiver;
                    receiver.First = NextLocked(receiver);
                    return null;
            }
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
            if (_phase != SockJsPhase.Ended && _receiver is null && _deliveries == 0)
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
            _phase = SockJsPhase.ClientClosed;
            _outbox.Clear();
            MakeRoom();
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
            if (_phase is not (SockJsPhase.Closing or SockJsPhase.Closed))
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
                switch (_phase)
                {
                    case SockJsPhase.ClientClosed:
                        return true;
                    case not (SockJsPhase.Opening or SockJsPhase.Open):
                        return false;
                }

                if (elements.IsEmpty)
                    return true;
                if (_outbox.Fits(elements.Length))
                {
                    _outbox.Add(elements.Span);
                    Serve();
                    return true;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
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
            if (_phase is SockJsPhase.Closing or SockJsPhase.Closed or SockJsPhase.Ended)
                return false;
            _closeFrame = SockJsFrames.Close(content.Span);
            _closeContent = content.ToArray();
            if (_phase == SockJsPhase.ClientClosed)
            {
                _phase = SockJsPhase.Closed;
                _wheel.Schedule(_timer, SockJsSession.IdleTime);
                return true;
            }

            _phase = SockJsPhase.Closing;
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
        if (!TryFind(out frame))
            return false;
        _wheel.Cancel(_timer);
        if (!receiver.IsStream && !frame.IsNone)
        {
            _receiver = null;
            _deliveries++;
        }

        return true;
    }

    private bool TryFind(out SockJsFrame frame)
    {
        frame = SockJsFrame.None;
        if (_phase == SockJsPhase.Ended)
            return true;
        if (!_isAnnounced)
        {
            if (_phase == SockJsPhase.Opening)
                return false;
            _isAnnounced = true;
            frame = new SockJsFrame(SockJsFrames.Open);
            return true;
        }

        if (!_outbox.IsEmpty)
        {
            frame = new SockJsFrame(_outbox.Take());
            MakeRoom();
            return true;
        }

        if (_phase != SockJsPhase.Closing)
            return false;
        _phase = SockJsPhase.Closed;
        frame = new SockJsFrame(_closeFrame, IsLast: true);
        // What a WebSocket client would answer.
        _inbox.End(new WebSocketPart(WebSocketPartKind.Close, _closeContent));
        return true;
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
                if (!receiver.IsStream)
                {
                    _receiver = null;
                    _deliveries++;
                }

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
        if (_phase == SockJsPhase.Ended)
            return;
        _phase = SockJsPhase.Ended;
        _wheel.Cancel(_timer);
        _outbox.Clear();
        MakeRoom();
        if (_receiver is { } receiver)
            Give(receiver, SockJsFrame.None);
        _ended();
        _ = _gone?.CancelAsync(); // Its callbacks run elsewhere.
    }

    private void MakeRoom()
    {
        _room?.SetResult();
        _room = null;
    }
}
