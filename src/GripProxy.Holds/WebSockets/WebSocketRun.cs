using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// The life of one WebSocket (WS-03): one loop reads the client, one the origin, each waits until the other side has taken what it passes on. How
/// either side ends, the other learns; a closing handshake that somebody does not finish is bounded in time. Owned by its request.
/// </summary>
internal sealed partial class WebSocketRun
{
    /// <summary>Time for a close frame to be taken and answered. Enough for a slow network; whoever needs longer to say goodbye is not there.</summary>
    public static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ControlWindow = TimeSpan.FromSeconds(1);

    // RFC 6455, 7.4.1.
    private const int MessageTooBig = 1009;

    private readonly WebSocketHold _hold;
    private readonly WebSocketOutput _output;
    private readonly IWebSocketClient _client;
    private readonly IWebSocketOrigin _origin;
    private readonly OriginSide _toOrigin;
    private readonly OriginReader _fromOrigin;
    private readonly OriginGrip? _grip;
    private readonly HoldsOptions _options;
    private readonly HoldParts _parts;
    private readonly WheelTimer _timer;
    private ReadOnlyMemory<byte> _clientClose;
    private long _closingSince;

    // Owned by the client's reader: pings and pongs of the second that began then.
    private long _controlSince;
    private int _controlFrames;
    private volatile bool _isClientDone;
    private volatile bool _isOver;

    /// <summary>Makes a run; its hold may be joined then.</summary>
    /// <param name="hold">The connection as channels see it.</param>
    /// <param name="client">The client.</param>
    /// <param name="origin">The origin.</param>
    /// <param name="grip">Understands an origin that speaks GRIP; null: everything is relayed as it is.</param>
    /// <param name="options">How long nothing may pass (WS-15), and how often a client may ping.</param>
    /// <param name="parts">What all holds share.</param>
    public WebSocketRun(
        WebSocketHold hold, IWebSocketClient client, IWebSocketOrigin origin, OriginGrip? grip, HoldsOptions options, HoldParts parts)
    {
        _hold = hold;
        _output = hold.Output;
        _client = client;
        _origin = origin;
        _toOrigin = new OriginSide(origin);
        _fromOrigin = new OriginReader(hold, origin, _toOrigin, grip, parts);
        _grip = grip;
        _options = options;
        _parts = parts;
        _timer = new WheelTimer(static run => ((WebSocketRun)run).OnTimer(), this);
        _output.Closing = OnClosing;
    }

    private string Id => _hold.ConnectionId;

    /// <summary>Runs to the end. Both sides are closed or cut then, and nobody reads or writes them. Never throws.</summary>
    public async Task<CloseReason> RunAsync()
    {
        if (_options.IdleTimeout > TimeSpan.Zero)
            WatchIdle(_options.IdleTimeout);
        _hold.Drain();
        var fromOrigin = GuardAsync(_fromOrigin.RunAsync());
        await GuardAsync(ReadClientAsync());
        _isClientDone = true;
        await fromOrigin;
        await _output.Writer.StopAsync();
        _isOver = true;
        _parts.Wheel.Cancel(_timer);
        _grip?.Controls.Dispose();
        _hold.Stop();
        return _output.EndReason ?? CloseReason.Client;
    }

    private async Task GuardAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception error)
        {
            Log.Failed(_parts.Logger, Id, error);
            _output.Cut(CloseReason.Error);
        }
    }

    private async Task ReadClientAsync()
    {
        while (true)
        {
            var part = await _client.ReadAsync();
            _hold.Activity.NoteClient(part);
            switch (part.Kind)
            {
                case WebSocketPartKind.Close:
                    await OnClientCloseAsync(WebSocketCloses.PassOn(part.Content));
                    return;
                case WebSocketPartKind.Violation:
                    OnClientViolation(part.Content);
                    return;
                case WebSocketPartKind.Lost:
                    _output.Cut(CloseReason.Client);
                    return;
                case WebSocketPartKind.Ping or WebSocketPartKind.Pong when IsFlood():
                    _parts.Instruments.TooManyControlFrames();
                    OnClientViolation(WebSocketCloses.TooManyControlFrames.ToContent());
                    return;
                default:
                    // What becomes of an origin that takes nothing any more, its reader finds out.
                    await _toOrigin.WriteAsync(part);
                    break;
            }
        }
    }

    /// <summary>Counts a ping or pong; true: there are more in a second than a client may send, each of which goes to the origin.</summary>
    private bool IsFlood()
    {
        var limit = _options.MaxControlFrames;
        if (limit == 0)
            return false;
        var now = _parts.Wheel.Time.GetTimestamp();
        if (_controlFrames == 0 || _parts.Wheel.Time.GetElapsedTime(_controlSince, now) >= ControlWindow)
            (_controlSince, _controlFrames) = (now, 0);
        return ++_controlFrames > limit;
    }

    /// <summary>The client closes by itself, or answers.</summary>
    private async ValueTask OnClientCloseAsync(ReadOnlyMemory<byte> content)
    {
        if (_output.BeginClientClose())
        {
            _clientClose = content;
            if (_fromOrigin.IsDetached)
                _output.AnswerClose(content);
            else
                BoundClose();
        }

        await _toOrigin.CloseAsync(content);
    }

    private void OnClientViolation(ReadOnlyMemory<byte> content)
    {
        var close = WebSocketClose.Read(content.Span) ?? default;
        Log.ClientViolation(_parts.Logger, Id, close.Code, close.Reason);
        if (close.Code == MessageTooBig)
            _parts.Instruments.MessageTooLong();
        _output.BeginClose(CloseReason.Client, content.ToArray());
        _origin.Abort();
        _output.Work();
    }

    /// <summary>A close frame for the client stands in the queue. The origin is closed without a code, unless it began (WS-13).</summary>
    private void OnClosing()
    {
        BoundClose();
        _output.Writer.BeginClosing();
        if (_output.EndReason != CloseReason.Origin)
            _ = GuardAsync(_toOrigin.CloseAsync(default).AsTask());
    }

    private void BoundClose()
    {
        Volatile.Write(ref _closingSince, _parts.Wheel.Time.GetTimestamp());
        _parts.Wheel.Schedule(_timer, CloseLimit);
    }

    private void OnTimer()
    {
        if (_isOver)
            return;
        if (_output.EndReason is { } reason)
        {
            OnCloseTimer(reason);
            return;
        }

        var rest = _options.IdleTimeout - _hold.Activity.IdleFor;
        if (rest <= TimeSpan.Zero)
        {
            _hold.End(CloseReason.Timeout);
            return;
        }

        WatchIdle(rest);
    }

    private void WatchIdle(TimeSpan rest)
    {
        _parts.Wheel.Schedule(_timer, rest);
        // An end that began meanwhile may have set the timer before.
        if (_output.EndReason is not null)
            _parts.Wheel.Schedule(_timer, CloseLimit);
    }

    private void OnCloseTimer(CloseReason reason)
    {
        var since = Volatile.Read(ref _closingSince);
        var left = since == 0 ? CloseLimit : CloseLimit - _parts.Wheel.Time.GetElapsedTime(since);
        if (left > TimeSpan.Zero)
            _parts.Wheel.Schedule(_timer, left);
        else
            EndUnfinished(reason);
    }

    private void EndUnfinished(CloseReason reason)
    {
        Log.CloseUnfinished(_parts.Logger, Id);
        if (!_output.IsClosing)
        {
            // The origin does not answer the client's close frame: the client gets its own back.
            _output.AnswerClose(_clientClose);
            _origin.Abort();
        }
        else if (!_output.Writer.IsClosed && _output.Writer.AbandonMessage())
        {
            BoundClose();
        }
        else if (_isClientDone && _output.Writer.IsOver)
        {
            _origin.Abort();
        }
        else
        {
            _output.Cut(reason);
        }
    }
}
