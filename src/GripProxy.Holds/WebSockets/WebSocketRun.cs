using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;
using GripProxy.Protocol.WebSockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// The life of one WebSocket (WS-03): one loop reads the client, one the origin, each waits until the other side has taken what it passes on. How
/// either side ends, the other learns; a closing handshake that somebody does not finish is bounded in time. Owned by its request.
/// </summary>
internal sealed partial class WebSocketRun
{
    // Enough for a slow network; whoever needs longer to say goodbye is not there.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly WebSocketHold _hold;
    private readonly WebSocketOutput _output;
    private readonly IWebSocketClient _client;
    private readonly IWebSocketOrigin _origin;
    private readonly OriginSide _toOrigin;
    private readonly OriginGate? _gate;
    private readonly WebSocketControls? _controls;
    private readonly TimerWheel _wheel;
    private readonly TimeSpan _idleTimeout;
    private readonly ILogger _logger;
    private readonly WheelTimer _timer;
    private WheelTimer? _detachTimer;
    private ReadOnlyMemory<byte> _clientClose;
    private volatile bool _isDetached;
    private volatile bool _isClientDone;
    private volatile bool _isOver;

    /// <summary>Makes a run; its hold may be joined then.</summary>
    /// <param name="hold">The connection as channels see it.</param>
    /// <param name="client">The client.</param>
    /// <param name="origin">The origin.</param>
    /// <param name="grip">Understands an origin that speaks GRIP; null: everything is relayed as it is.</param>
    /// <param name="idleTimeout">How long nothing may pass (WS-15); zero: for ever.</param>
    /// <param name="parts">What all holds share.</param>
    public WebSocketRun(
        WebSocketHold hold, IWebSocketClient client, IWebSocketOrigin origin, OriginGrip? grip, TimeSpan idleTimeout, HoldParts parts)
    {
        _hold = hold;
        _output = hold.Output;
        _client = client;
        _origin = origin;
        _toOrigin = new OriginSide(origin);
        _gate = grip?.Gate;
        _controls = grip?.Controls;
        _wheel = parts.Wheel;
        _idleTimeout = idleTimeout;
        _logger = parts.Logger;
        _timer = new WheelTimer(static run => ((WebSocketRun)run).OnTimer(), this);
        _output.Closing = OnClosing;
    }

    private string Id => _hold.Request.ConnectionId;

    /// <summary>Runs to the end. Both sides are closed or cut then, and nobody reads or writes them. Never throws.</summary>
    public async Task<CloseReason> RunAsync()
    {
        if (_idleTimeout > TimeSpan.Zero)
            _wheel.Schedule(_timer, _idleTimeout);
        _hold.Drain();
        var fromOrigin = GuardAsync(ReadOriginAsync());
        await GuardAsync(ReadClientAsync());
        _isClientDone = true;
        await fromOrigin;
        await _output.Writer.StopAsync();
        _isOver = true;
        _wheel.Cancel(_timer);
        _controls?.Dispose();
        _hold.Stop();
        return _output.EndReason ?? CloseReason.Client;
    }

    private async Task GuardAsync(Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception error)
        {
            Log.Failed(_logger, Id, error);
            _output.Cut(CloseReason.Error);
        }
    }

    private async Task ReadClientAsync()
    {
        while (true)
        {
            var part = await _client.ReadAsync();
            _hold.Activity.NoteRead();
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
                default:
                    // What becomes of an origin that takes nothing any more, its reader finds out.
                    await _toOrigin.WriteAsync(part);
                    break;
            }
        }
    }

    private async Task ReadOriginAsync()
    {
        // The other loop shall start, however much is there already.
        await Task.Yield();
        while (true)
        {
            var part = await _origin.ReadAsync();
            _hold.Activity.NoteRead();
            switch (part.Kind)
            {
                case WebSocketPartKind.Close:
                    OnOriginClose(WebSocketCloses.PassOn(part.Content));
                    return;
                case WebSocketPartKind.Violation or WebSocketPartKind.Lost:
                    OnOriginLost(part);
                    return;
                case WebSocketPartKind.Text or WebSocketPartKind.Binary when _gate is not null:
                    await JudgeAsync(_gate, part);
                    break;
                default:
                    await RelayAsync(part);
                    break;
            }
        }
    }

    private async ValueTask JudgeAsync(OriginGate gate, WebSocketPart part)
    {
        switch (gate.Judge(part, out var content, out var isFirst))
        {
            case GateVerdict.Pass:
                await RelayAsync(part with { Content = content, IsFirst = isFirst });
                break;
            case GateVerdict.Control when _output.EndReason is null && _controls!.Execute(content): // Whoever has a gate has them.
                await DetachAsync();
                break;
        }
    }

    private async ValueTask RelayAsync(WebSocketPart part)
    {
        if (_isDetached)
            return;
        if (!await _output.Writer.RelayAsync(part) && _output.EndReason is null)
            _output.Cut(CloseReason.Client);
    }

    /// <summary>The client closes by itself, or answers.</summary>
    private async ValueTask OnClientCloseAsync(ReadOnlyMemory<byte> content)
    {
        if (_output.BeginClientClose())
        {
            _clientClose = content;
            if (_isDetached)
                AnswerClient(content);
            else
                _wheel.Schedule(_timer, CloseLimit);
        }

        await _toOrigin.CloseAsync(content);
    }

    private void OnClientViolation(ReadOnlyMemory<byte> content)
    {
        var close = WebSocketClose.Read(content.Span) ?? default;
        Log.ClientViolation(_logger, Id, close.Code, close.Reason);
        _output.BeginClose(CloseReason.Client, content.ToArray());
        _origin.Abort();
        _output.Work();
    }

    /// <summary>The origin closes by itself, or answers.</summary>
    private void OnOriginClose(ReadOnlyMemory<byte> content)
    {
        if (_isDetached)
            return;
        _output.Writer.AbandonMessage();
        if (_output.BeginClose(CloseReason.Origin, content))
            _output.Work();
        else if (_output.EndReason == CloseReason.Client)
            AnswerClient(content);
    }

    private void OnOriginLost(WebSocketPart part)
    {
        if (_isDetached)
            return;
        _output.Writer.AbandonMessage();
        if (_output.IsClosing)
            return;
        if (part.Kind == WebSocketPartKind.Violation)
        {
            var close = WebSocketClose.Read(part.Content.Span) ?? default;
            Log.OriginViolation(_logger, Id, close.Code, close.Reason);
        }
        else if (_output.EndReason is null)
        {
            Log.OriginLost(_logger, Id);
        }

        _output.Cut(CloseReason.Origin);
    }

    private void AnswerClient(ReadOnlyMemory<byte> content)
    {
        _output.AnswerClose(content);
        _output.Work();
    }

    private async ValueTask DetachAsync()
    {
        if (_isDetached)
            return;
        _isDetached = true;
        _hold.Detach();
        _detachTimer = new WheelTimer(static origin => ((IWebSocketOrigin)origin).Abort(), _origin);
        _wheel.Schedule(_detachTimer, CloseLimit);
        await _toOrigin.CloseAsync(default);
    }

    /// <summary>A close frame for the client stands in the queue. The origin is closed without a code, unless it began (WS-13).</summary>
    private void OnClosing()
    {
        _wheel.Schedule(_timer, CloseLimit);
        _output.Writer.BeginClosing();
        if (_output.EndReason != CloseReason.Origin)
            _ = GuardAsync(_toOrigin.CloseAsync(default).AsTask());
    }

    private void OnTimer()
    {
        if (_isOver)
            return;
        if (_output.EndReason is { } reason)
        {
            EndUnfinished(reason);
            return;
        }

        var rest = _idleTimeout - _hold.Activity.IdleFor;
        if (rest <= TimeSpan.Zero)
        {
            _hold.End(CloseReason.Timeout);
            return;
        }

        _wheel.Schedule(_timer, rest);
        // An end that began meanwhile has set the timer before.
        if (_output.EndReason is not null)
            _wheel.Schedule(_timer, CloseLimit);
    }

    private void EndUnfinished(CloseReason reason)
    {
        Log.CloseUnfinished(_logger, Id);
        if (!_output.IsClosing)
        {
            // The origin does not answer the client's close frame: the client gets its own back.
            AnswerClient(_clientClose);
            _origin.Abort();
        }
        else if (!_output.Writer.IsClosed && _output.Writer.AbandonMessage())
        {
            _wheel.Schedule(_timer, CloseLimit);
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
