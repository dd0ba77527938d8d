using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Reads the origin of one WebSocket to its end: relays what is for the client and does what is for the proxy, one after the other (WS-11). Owned by
/// the hold's run.
/// </summary>
/// <param name="hold">The connection as channels see it.</param>
/// <param name="origin">The origin.</param>
/// <param name="toOrigin">Writes to it.</param>
/// <param name="grip">Understands an origin that speaks GRIP; null: everything is relayed as it is.</param>
/// <param name="parts">What all holds share.</param>
internal sealed partial class OriginReader(WebSocketHold hold, IWebSocketOrigin origin, OriginSide toOrigin, OriginGrip? grip, HoldParts parts)
{
    private readonly WebSocketOutput _output = hold.Output;
    private volatile bool _isDetached;
    private bool _saidNoGrip;

    /// <summary>True once the origin wanted to be left alone: how it ends does not matter to the client any more (WS-12c).</summary>
    public bool IsDetached => _isDetached;

    private string Id => hold.ConnectionId;

    /// <summary>Reads until the origin closes or is lost, and tells the client's side.</summary>
    public async Task RunAsync()
    {
        // The reader of the client shall start, however much is there already.
        await Task.Yield();
        try
        {
            // The wait stands here, in the one method that lives as long as the connection: so a message costs no memory.
            while (await TakeAsync(await origin.ReadAsync()))
            {
            }
        }
        finally
        {
            // What it did not finish will never be.
            _output.Writer.AbandonMessage();
        }
    }

    /// <summary>False: nothing comes any more.</summary>
    private async ValueTask<bool> TakeAsync(WebSocketPart part)
    {
        hold.Activity.NoteOrigin(part);
        switch (part.Kind)
        {
            case WebSocketPartKind.Close:
                OnClose(part.Content.ToArray());
                return false;
            case WebSocketPartKind.Violation or WebSocketPartKind.Lost:
                OnLost(part);
                return false;
            case WebSocketPartKind.Text or WebSocketPartKind.Binary when grip is not null:
                await JudgeAsync(grip, part);
                return true;
            default:
                NoteControl(part);
                await RelayAsync(part);
                return true;
        }
    }

    private async ValueTask JudgeAsync(OriginGrip grip, WebSocketPart part)
    {
        switch (grip.Gate.Judge(part, out var content, out var isFirst))
        {
            case GateVerdict.Pass:
                await RelayAsync(part with { Content = content, IsFirst = isFirst });
                break;
            case GateVerdict.Control when _output.EndReason is null:
                var detaches = grip.Controls.Execute(content);
                // What the origin sends next, its client may take for a sign that it listens.
                await grip.Controls.SettleAsync();
                if (detaches)
                    await DetachAsync();
                break;
            case GateVerdict.Drop:
                Log.Dropped(parts.Logger, Id, part.Kind);
                break;
            case GateVerdict.Refuse:
                grip.Controls.Refuse("control message is too long or has several frames");
                break;
        }
    }

    /// <summary>An origin whose control messages go to the client has most often forgotten to say that it speaks GRIP (WS-10). Said once.</summary>
    private void NoteControl(in WebSocketPart part)
    {
        if (grip is not null || _saidNoGrip || part is not { Kind: WebSocketPartKind.Text, IsFirst: true } || !part.Content.Span.StartsWith("c:{"u8))
            return;
        _saidNoGrip = true;
        Log.NoGrip(parts.Logger, Id);
    }

    private async ValueTask RelayAsync(WebSocketPart part)
    {
        if (_isDetached)
            return;
        if (!await _output.Writer.RelayAsync(part) && _output.EndReason is null)
            _output.Cut(CloseReason.Client);
    }

    /// <summary>The origin closes by itself, or answers.</summary>
    private void OnClose(ReadOnlyMemory<byte> content)
    {
        if (_isDetached)
            return;
        if (_output.BeginClose(CloseReason.Origin, content))
            _output.Work();
        else if (_output.EndReason == CloseReason.Client)
            _output.AnswerClose(content);
    }

    private void OnLost(WebSocketPart part)
    {
        if (_isDetached || _output.IsClosing)
            return;
        if (part.Kind == WebSocketPartKind.Violation)
        {
            var close = WebSocketClose.Read(part.Content.Span) ?? default;
            Log.OriginViolation(parts.Logger, Id, close.Code, close.Reason);
        }
        else if (_output.EndReason is null)
        {
            Log.OriginLost(parts.Logger, Id);
        }

        _output.Cut(CloseReason.Origin);
    }

    private async ValueTask DetachAsync()
    {
        if (_isDetached)
            return;
        _isDetached = true;
        hold.Detach();
        parts.Wheel.Schedule(new WheelTimer(static origin => ((IWebSocketOrigin)origin).Abort(), origin), WebSocketRun.CloseLimit);
        await toOrigin.CloseAsync(default);
    }
}
