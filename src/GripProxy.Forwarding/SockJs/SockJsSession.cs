using GripProxy.Channels.Timing;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs;

/// <summary>
/// A session over HTTP (SJS-03): to the hold a WebSocket client, to the client a series of requests. Its messages wait here for the next request.
/// Guarded by its own lock; what the interface says about writers and readers is its hold's to keep.
/// </summary>
internal sealed class SockJsSession : IWebSocketClient
{
    /// <summary>How long a request waits before it gets a heartbeat.</summary>
    public static readonly TimeSpan HeartbeatTime = TimeSpan.FromSeconds(25);

    /// <summary>How long a session lives without a request, and how long a closed one is remembered.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SockJsInbox _inbox = new();
    private readonly SockJsOutbox _outbox = new();
    private readonly SockJsAssembly _assembly = new();
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _timer;
    private readonly Action<SockJsSession> _ended;
    private SockJsPhase _phase;
    private SockJsReceiver? _receiver;
    private bool _isAnnounced;
    private int _deliveries;
    private ReadOnlyMemory<byte> _closeFrame;
    private ReadOnlyMemory<byte> _closeContent;
    private TaskCompletionSource? _room;
    private CancellationTokenSource? _gone;

    /// <summary>Makes a session whose origin is about to be asked.</summary>
    /// <param name="wheel">The clock.</param>
    /// <param name="first">The request that begins it, which is waiting already.</param>
    /// <param name="ended">Called once, when nobody shall find the session any more. Must be short.</param>
    public SockJsSession(TimerWheel wheel, SockJsReceiver first, Action<SockJsSession> ended)
    {
        _wheel = wheel;
        _receiver = first;
        _ended = ended;
        _timer = new WheelTimer(static state => ((SockJsSession)state).OnTimer(), this);
    }

    /// <inheritdoc/>
    public WebSocketFraming Framing => SockJsMessageFraming.Instance;

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
                _wheel.Schedule(_timer, IdleTime);
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
            _wheel.Schedule(_timer, HeartbeatTime);
        }

        _inbox.End(new WebSocketPart(WebSocketPartKind.Close, default));
    }

    /// <summary>Messages from the client, at least one; waits until they are on their way.</summary>
    public Task<SockJsSendResult> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages) => _inbox.SendAsync(messages);

    /// <inheritdoc/>
    public ValueTask<WebSocketPart> ReadAsync() => _inbox.ReadAsync();

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed) => AddAsync(framed);

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(WebSocketPart part)
    {
        if (part.Kind == WebSocketPartKind.Close)
            return ValueTask.FromResult(Close(part.Content));
        // Ping and pong have no frame here (SJS-04).
        if (!part.IsMessage)
            return ValueTask.FromResult(true);
        if (!_assembly.Add(part, SockJsOutbox.Limit))
        {
            End();
            return ValueTask.FromResult(false);
        }

        return part.IsLast ? AddAsync(Framing.Encode(part.Kind, _assembly.Take())) : ValueTask.FromResult(true);
    }

    /// <summary>Cuts the session off, unless all that is left to do is to tell the client that it is closed.</summary>
    public void Abort()
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

    private Task<SockJsFrame> NextLocked(SockJsReceiver receiver)
    {
        if (TryTake(receiver, out var frame))
            return Task.FromResult(frame);
        receiver.Waiting = new TaskCompletionSource<SockJsFrame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wheel.Schedule(_timer, HeartbeatTime);
        return receiver.Waiting.Task;
    }

    private async ValueTask<bool> AddAsync(ReadOnlyMemory<byte> elements)
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

    private bool Close(ReadOnlyMemory<byte> content)
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
                _wheel.Schedule(_timer, IdleTime);
                return true;
            }

            _phase = SockJsPhase.Closing;
            Serve();
            return true;
        }
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
        _ended(this);
        _ = _gone?.CancelAsync(); // Its callbacks run elsewhere.
    }

    private void MakeRoom()
    {
        _room?.SetResult();
        _room = null;
    }
}
