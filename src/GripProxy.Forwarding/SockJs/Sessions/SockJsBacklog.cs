using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>
/// What a session has for its client: first that it is open, then messages, at last that it is closed (SJS-03); and with it the phase of the session.
/// Guarded by the session's lock.
/// </summary>
/// <param name="inbox">Hears of the close once the client has been told.</param>
internal sealed class SockJsBacklog(SockJsInbox inbox)
{
    private readonly SockJsOutbox _messages = new();
    private bool _isAnnounced;
    private ReadOnlyMemory<byte> _closeFrame;
    private ReadOnlyMemory<byte> _closeContent;
    private TaskCompletionSource? _room;

    /// <summary>Where the session is in its life.</summary>
    public SockJsPhase Phase { get; private set; }

    /// <summary>The frame that is the whole answer to a request that comes now, or null: it may ask for frames.</summary>
    public SockJsFrame? WholeAnswer => Phase switch
    {
        SockJsPhase.ClientClosed => new SockJsFrame(SockJsFrames.AlreadyClosed, IsLast: true),
        SockJsPhase.Closed => new SockJsFrame(_closeFrame, IsLast: true),
        SockJsPhase.Ended => SockJsFrame.None,
        _ => null,
    };

    /// <summary>The origin has accepted.</summary>
    public void Open()
    {
        if (Phase == SockJsPhase.Opening)
            Phase = SockJsPhase.Open;
    }

    /// <summary>Adds messages as <see cref="SockJsMessageFraming"/> writes them.</summary>
    /// <param name="elements">The messages.</param>
    /// <param name="room">Completes when there may be room; only where they were not taken.</param>
    /// <returns>False: nothing can reach the client any more; null: there is no room.</returns>
    public bool? Add(ReadOnlySpan<byte> elements, out Task room)
    {
        room = Task.CompletedTask;
        if (Phase == SockJsPhase.ClientClosed)
            return true;
        if (Phase is not (SockJsPhase.Opening or SockJsPhase.Open))
            return false;
        if (elements.IsEmpty)
            return true;
        if (_messages.Fits(elements.Length))
        {
            _messages.Add(elements);
            return true;
        }

        _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        room = _room.Task;
        return null;
    }

    /// <summary>The next frame, if there is one.</summary>
    public bool TryNext(out SockJsFrame frame)
    {
        frame = SockJsFrame.None;
        if (Phase == SockJsPhase.Ended)
            return true;
        if (!_isAnnounced)
        {
            if (Phase == SockJsPhase.Opening)
                return false;
            _isAnnounced = true;
            frame = new SockJsFrame(SockJsFrames.Open);
            return true;
        }

        if (!_messages.IsEmpty)
        {
            frame = new SockJsFrame(_messages.Take());
            MakeRoom();
            return true;
        }

        if (Phase != SockJsPhase.Closing)
            return false;
        Phase = SockJsPhase.Closed;
        frame = new SockJsFrame(_closeFrame, IsLast: true);
        // What a WebSocket client would answer.
        inbox.End(new WebSocketPart(WebSocketPartKind.Close, _closeContent));
        return true;
    }

    /// <summary>The client shall hear, after what waits for it, that the session is closed. False: it is so already.</summary>
    /// <param name="content">Content of a WebSocket's close frame.</param>
    public bool TryClose(ReadOnlyMemory<byte> content)
    {
        if (Phase is SockJsPhase.Closing or SockJsPhase.Closed or SockJsPhase.Ended)
            return false;
        _closeFrame = SockJsFrames.Close(content.Span);
        _closeContent = content.ToArray();
        // There is nobody to wait for what a client that has closed would get.
        Phase = Phase == SockJsPhase.ClientClosed ? SockJsPhase.Closed : SockJsPhase.Closing;
        return true;
    }

    /// <summary>The client has closed, or the session has ended: what waits is lost.</summary>
    public void Drop(SockJsPhase phase)
    {
        Phase = phase;
        _messages.Clear();
        MakeRoom();
    }

    private void MakeRoom()
    {
        _room?.SetResult();
        _room = null;
    }
}
