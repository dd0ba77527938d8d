using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// What is to be said to the origin next, and what its answers mean (WOH-05…11). Makes no request itself. Guarded by the lock of its
/// <see cref="OverHttpOrigin"/>.
/// </summary>
/// <param name="client">What the client sent.</param>
/// <param name="schedule">When to ask without being asked.</param>
/// <param name="answersPings">True: the origin hears nothing of the client's pings, they are answered here.</param>
internal sealed class Conversation(ClientParts client, OverHttpSchedule schedule, bool answersPings)
{
    private const int MessageTooBig = 1009;

    private static readonly byte[] DisconnectEvent = "DISCONNECT\r\n"u8.ToArray();

    private List<MissedItems>? _missed;
    private List<MissedItems>? _missedOffered;
    private bool _asksAtOnce;
    private bool _repeats;
    private bool _isDisconnecting;
    private bool _originClosed;
    private TimeSpan? _retry;

    /// <summary>Where the life of the connection is.</summary>
    public OverHttpPhase Phase { get; private set; }

    /// <summary>More about what was wrong with the last answer, for the log.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>What the hold has not read yet.</summary>
    public ReceivedParts Received { get; } = new();

    /// <summary>How long to rest while there is no work; infinite: until something happens.</summary>
    public TimeSpan Pause => _retry ?? (Phase == OverHttpPhase.Open ? schedule.KeepAlive : Timeout.InfiniteTimeSpan);

    /// <summary>True while a request that failed waits to be made again.</summary>
    public bool WaitsToRetry => _retry is not null;

    /// <summary>
    /// True if a request is to be made. As long as parts are not read, only the end is told: an answer needs room (WOH-05).
    /// </summary>
    public bool HasWork
    {
        get
        {
            if (Phase == OverHttpPhase.Over || WaitsToRetry)
                return false;
            if (Phase == OverHttpPhase.Leaving || _repeats || IsCloseDue)
                return true;
            return Received.IsRead && (_asksAtOnce || client.HasNews);
        }
    }

    private bool IsCloseDue => client is { IsClosing: true, IsCloseAccepted: false };

    /// <summary>Takes a part that the client sent. False: there is no room.</summary>
    public bool TryAdd(in WebSocketPart part)
    {
        if (answersPings && part.Kind == WebSocketPartKind.Ping)
        {
            Received.AddPong(part.Content.Span);
            return true;
        }

        var result = client.Add(part);
        if (result == AddResult.TooLong)
            Received.SetEnd(new WebSocketPart(WebSocketPartKind.Close, new WebSocketClose(MessageTooBig, "message too long").ToContent()));
        return result != AddResult.Full;
    }

    /// <summary>The pause is over: repeats what failed, or breaks the silence.</summary>
    public void EndPause()
    {
        _repeats = WaitsToRetry;
        _asksAtOnce |= !WaitsToRetry;
        _retry = null;
    }

    /// <summary>Asks as soon as possible; after the request under way, if there is one (WOH-15). False: the conversation ends.</summary>
    public bool TryRefresh()
    {
        if (Phase != OverHttpPhase.Open || client.IsClosing)
            return false;
        _asksAtOnce = true;
        return true;
    }

    /// <summary>Lets the origin know what the client missed. False: the conversation ends.</summary>
    public bool TryReport(MissedItems items)
    {
        if (Phase != OverHttpPhase.Open || client.IsClosing || Received.HasEnd)
            return false;
        _missed ??= [];
        _missed.RemoveAll(known => known.Channel == items.Channel);
        _missed.Add(items);
        _asksAtOnce = true;
        return true;
    }

    /// <summary>The client is gone: the origin is to be told, but a close that is on its way comes first (WOH-10).</summary>
    public void Leave()
    {
        Phase = OverHttpPhase.Leaving;
        if (!IsCloseDue)
            _retry = null;
    }

    /// <summary>Ends it, without a word to the origin.</summary>
    public void End()
    {
        Phase = OverHttpPhase.Over;
        _retry = null;
        Received.SetEnd(WebSocketPart.Lost);
        client.Drop();
    }

    /// <summary>The next request. Its body is valid until the answer to it was taken.</summary>
    public OriginCall Next()
    {
        var repeats = _repeats;
        _repeats = false;
        if (Phase == OverHttpPhase.Leaving && !IsCloseDue)
        {
            _isDisconnecting = true;
            return new OriginCall(DisconnectEvent);
        }

        if (repeats)
            return new OriginCall(client.OfferAgain(), client.ReplayedBytes, _missedOffered);
        _asksAtOnce = false;
        (_missedOffered, _missed) = (_missed, null);
        return new OriginCall(client.Offer(), client.ReplayedBytes, _missedOffered);
    }

    /// <summary>Takes the answer to the last request.</summary>
    /// <param name="answer">The answer; its body belongs to this object from now on.</param>
    /// <returns>Why the conversation ended by this answer; None if it goes on, or ended well.</returns>
    public OverHttpFailure Take(EventsAnswer answer)
    {
        Detail = answer.Detail;
        if (Phase == OverHttpPhase.Over)
        {
            answer.DropBody();
            return OverHttpFailure.None;
        }

        if (answer.Failure != OverHttpFailure.None)
            return TakeFailure(answer);
        _missedOffered = null;
        schedule.SetKeepAlive(answer.KeepAlive);
        if (_isDisconnecting)
        {
            answer.DropBody();
            return EndBy(OverHttpFailure.None);
        }

        var failure = client.Accept(answer.AcceptedBytes, answer.IsBodyUnused);
        if (failure != OverHttpFailure.None)
        {
            answer.DropBody();
            return EndBy(failure);
        }

        var events = new ReceivedEvents(answer.Body, isOpening: false);
        if (events.Failure != OverHttpFailure.None)
        {
            Detail = events.Detail;
            events.Release();
            return EndBy(events.Failure);
        }

        failure = TakeEvents(events);
        return failure == OverHttpFailure.None && Phase != OverHttpPhase.Over ? PaceClose() : failure;
    }

    /// <summary>Takes the events of an answer that can be read.</summary>
    /// <returns>As <see cref="Take"/>.</returns>
    public OverHttpFailure TakeEvents(ReceivedEvents events)
    {
        WebSocketPart? close = events.End is { Type: WebSocketEventType.Close } end
            ? new WebSocketPart(WebSocketPartKind.Close, ToFrameContent(end.Content.Span))
            : null;
        var cuts = events.End is { Type: WebSocketEventType.Disconnect };
        Received.Add(events);
        if (cuts)
            return EndBy(OverHttpFailure.Disconnected);
        if (close is { } last)
            Received.SetEnd(last);
        _originClosed |= close is not null;
        if (!client.IsCloseAccepted)
            return OverHttpFailure.None;
        if (_originClosed)
            return EndBy(OverHttpFailure.None);
        // WOH-10: without keep-alives the origin has one chance to answer a close.
        return schedule.HasKeepAlive ? OverHttpFailure.None : EndBy(OverHttpFailure.CloseNotAnswered);
    }

    /// <summary>What a close frame may say of a close: libraries of origins send code 0 where they have none, which no frame may carry.</summary>
    private static byte[] ToFrameContent(ReadOnlySpan<byte> content) =>
        WebSocketClose.Read(content) is { } close && WebSocketClose.MayBeSent(close.Code) ? close.ToContent() : [];

    private OverHttpFailure TakeFailure(EventsAnswer answer)
    {
        var isForNobody = Phase == OverHttpPhase.Leaving && !_isDisconnecting && !IsCloseDue;
        if (isForNobody)
            return OverHttpFailure.None;
        _retry = answer.MayRetry ? schedule.NextRetry() : null;
        return WaitsToRetry ? OverHttpFailure.None : EndBy(answer.Failure);
    }

    /// <summary>A close whose content the origin did not accept is offered again; slower if it accepts nothing at all (WOH-08).</summary>
    private OverHttpFailure PaceClose()
    {
        if (!IsCloseDue || client.HasProgressed)
        {
            schedule.Reset();
            return OverHttpFailure.None;
        }

        _retry = schedule.NextRetry();
        return WaitsToRetry ? OverHttpFailure.None : EndBy(OverHttpFailure.CloseNotAccepted);
    }

    private OverHttpFailure EndBy(OverHttpFailure failure)
    {
        End();
        return failure;
    }
}
