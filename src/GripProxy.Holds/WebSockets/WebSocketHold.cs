using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Timing;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// A WebSocket as its channels see it (WS-13): takes items, and checks that they follow each other where the subscription is reliable (LOG-08).
/// Guarded by its own lock.
/// </summary>
internal sealed class WebSocketHold : Hold, IKeptAlive
{
    private readonly Lock _gate = new();
    private readonly HeldTransport _transport;
    private readonly OriginQuestions _questions;
    private readonly TrackedChannels _tracked;
    private readonly WebSocketDelivery _delivery;

    public WebSocketHold(HoldRequest request, IWebSocketClient client, IWebSocketOrigin origin, HoldParts parts)
        : base(request, parts)
    {
        _transport = request.WebSocketTransport;
        _tracked = new TrackedChannels(this);
        _questions = new OriginQuestions(this, origin, parts.Wheel);
        Encoding = new MessageEncoding(client.Framing);
        Activity = new WebSocketActivity(parts.Wheel.Time, Traffic);
        Output = new WebSocketOutput(request, client, origin, Activity, parts, _gate);
        _delivery = new WebSocketDelivery(this, parts.Filters);
        Log = new WebSocketLog(this, parts.Log, parts.Filters);
    }

    /// <inheritdoc/>
    public override SubscriptionMode Mode => SubscriptionMode.WebSocket;

    /// <inheritdoc/>
    public override HeldTransport Transport => _transport;

    /// <inheritdoc/>
    public override long QueuedBytes
    {
        get
        {
            lock (_gate)
                return Output.QueuedBytes + _tracked.HeldBackBytes;
        }
    }

    /// <summary>What it has to do with the logs of its channels.</summary>
    public WebSocketLog Log { get; }

    /// <summary>What goes to the client.</summary>
    public WebSocketOutput Output { get; }

    /// <summary>When something last passed.</summary>
    public WebSocketActivity Activity { get; }

    /// <summary>Makes the bytes of items.</summary>
    public MessageEncoding Encoding { get; }

    /// <summary>The lock, for <see cref="WebSocketChannels"/> and <see cref="OriginQuestions"/>. Inside the lock of a shard, never around it.</summary>
    public Lock Gate => _gate;

    /// <summary>Channels that ask for more than others; under <see cref="Gate"/>.</summary>
    public TrackedChannels Tracked => _tracked;

    /// <inheritdoc/>
    public TimeSpan QuietFor => Activity.QuietFor;

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        // GRIP: a hint means nothing to a WebSocket (WS-13).
        if (item.WebSocketMessage is not { } format || format.Action == ItemAction.Hint)
            return DeliveryOutcome.NoFormat;
        DeliveryOutcome outcome;
        lock (_gate)
        {
            var channel = _tracked.Find(subscription.Channel);
            var left = channel is { IsWaiting: true } ? null : Log.Judge(subscription, channel, item, subscription.OffsetBefore);
            if (left is null && channel is not null && TrackedChannels.IsGap(channel, subscription, item))
            {
                subscription.ForgetLastId();
                _tracked.Miss(channel, subscription, RecoveryReason.PrevId);
            }

            outcome = left ?? Count(channel is { IsWaiting: true }
                ? _tracked.HoldBack(channel, subscription, item)
                : _delivery.Pass(subscription, channel, item, drains.Forms, drains.NextTimed()));
            if (!_delivery.MustRefresh && !_tracked.HasMissed && !Output.HasWork)
                return outcome;
        }

        drains.Add(this);
        return outcome;
    }

    /// <inheritdoc/>
    public override void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
    {
        lock (_gate)
        {
            if (_tracked.Find(subscription.Channel) is not { IsReliable: true, IsWaiting: false } channel)
                return;
            var isDoubt = cause == UpdateCause.FirstSubscription;
            if (subscription.Cursor is { } cursor)
            {
                // The log says what was missed.
                cursor.StartReading();
                Log.ReadOn(subscription, cursor);
                drains.Add(this);
                return;
            }

            // Who begins with whatever comes next cannot have missed something before.
            if (isDoubt && subscription.PrevId is null)
                return;
            _tracked.Miss(channel, subscription, isDoubt ? RecoveryReason.FirstSubscription : RecoveryReason.Recover);
        }

        drains.Add(this);
    }

    /// <inheritdoc/>
    public override void Drain()
    {
        // Whoever wants something asked has set it before the hold is drained, so no lock is needed to see that nothing is, as nearly always.
        if (_delivery.MustRefresh || _tracked.HasMissed)
            AskOrigin();
        Output.Work();
    }

    /// <inheritdoc/>
    public override bool Refresh() => _questions.Refresh();

    /// <inheritdoc/>
    public void SendKeepAlive(ReadOnlyMemory<byte> data)
    {
        if (!Output.IsQuiet)
            return;
        Traffic?.Add(TrafficCount.Activity);
        Send(data);
    }

    /// <summary>Sends bytes that are no item.</summary>
    public void Send(ReadOnlyMemory<byte> data)
    {
        Output.Add(data);
        Output.Work();
    }

    /// <inheritdoc/>
    public override void End(CloseReason reason)
    {
        if (reason == CloseReason.Client)
            Output.Cut(reason);
        else
            Close(reason, WebSocketCloses.For(reason));
    }

    /// <inheritdoc/>
    public override void Close(int code, string reason) => Close(CloseReason.Admin, new WebSocketClose(code, reason));

    /// <summary>Closes the client's side with a code of ours, and the origin's without one. Only the first end counts.</summary>
    public void Close(CloseReason reason, WebSocketClose close)
    {
        Output.BeginClose(reason, close.ToContent());
        Output.Work();
    }

    /// <inheritdoc/>
    public override CancellationToken GetEndToken() => Output.GetEndToken();

    /// <summary>
    /// For a piece of the writer: its filters failed. The item is dropped (DIF-05); debug closes (FLT-07). Where the channel is reliable the client
    /// misses an item, so the origin is asked for what follows the item before.
    /// </summary>
    public void FilterFailed(Subscription subscription, TrackedChannel? channel, string? prevId, string error)
    {
        if (Debug)
        {
            Close(CloseReason.Error, WebSocketCloses.Failed($"filter error: {error}", debug: true));
            return;
        }

        if (channel is not { IsReliable: true })
            return;
        lock (_gate)
        {
            channel.Failures++;
            subscription.PrevId = prevId;
            _tracked.Miss(channel, subscription, RecoveryReason.FilterError);
        }

        Drain();
    }

    /// <summary>The id that the client will have seen last once what waits on the channel has passed, or null: nothing tells.</summary>
    public string? LastSeen(Subscription subscription, TrackedChannel channel)
    {
        lock (_gate)
            return subscription.PrevId is { } prevId ? channel.HeldBack.Follow(prevId) : null;
    }

    /// <summary>
    /// Lets the items of a channel pass from now on, first those that waited. What does not follow the client's last item is covered by what the
    /// origin said, or else the origin is to be asked again. Under <see cref="Gate"/>; the caller drains.
    /// </summary>
    public void Release(TrackedChannel channel)
    {
        _questions.StopWaiting(channel);
        var waiting = channel.HeldBack.TakeAll();
        foreach (var (subscription, item) in waiting)
        {
            if (!channel.IsWaiting && subscription.Cursor is not null)
                Log.Judge(subscription, channel, item, before: 0);
            else if (channel.IsWaiting)
                NoteLate(item, _tracked.HoldBack(channel, subscription, item));
            else if (subscription.PrevId is null || subscription.PrevId == item.PrevId)
                NoteLate(item, _delivery.Pass(subscription, channel, item, forms: null, publishedAt: 0));
        }

        // It may have come after the origin had answered and follow what nobody has: it could be the last for long, and show no gap itself.
        if (waiting is [.., (var place, var last)] && channel is { IsReliable: true, IsWaiting: false } && place is { Cursor: null, PrevId: { } prevId } && prevId != last.Id)
            _tracked.Miss(channel, place, RecoveryReason.PrevId);
    }

    /// <summary>The origin is there no more: it cannot be asked.</summary>
    public void Detach() => _questions.Detach();

    /// <summary>The connection is over: no timer is left, and what waits is never written.</summary>
    public void Stop()
    {
        Output.Forget();
        lock (_gate)
        {
            foreach (var channel in _tracked.TakeAll())
                _questions.StopWaiting(channel);
        }
    }

    /// <summary>Takes an item that waited for the end of reading. Under <see cref="Gate"/>; the writer is at work.</summary>
    public void PassBeside(Subscription subscription, Item item)
    {
        var channel = _tracked.Find(subscription.Channel);
        if (channel is not null && TrackedChannels.IsGap(channel, subscription, item))
            _tracked.Miss(channel, subscription, RecoveryReason.PrevId);
        NoteLate(item, channel is { IsWaiting: true }
            ? _tracked.HoldBack(channel, subscription, item)
            : _delivery.Pass(subscription, channel, item, forms: null, publishedAt: 0));
    }

    /// <summary>An item of the log is about to be written. Under <see cref="Gate"/>.</summary>
    public void NoteReplayed() => CountReplayed();

    /// <summary>Begins to read where channels asked for that when they were joined.</summary>
    public void BeginReading()
    {
        lock (_gate)
        {
            foreach (var channel in Channels)
            {
                if (channel.Subscription.Cursor is { } cursor)
                    Log.ReadOn(channel.Subscription, cursor);
            }
        }
    }

    private void AskOrigin()
    {
        bool mustRefresh;
        lock (_gate)
        {
            mustRefresh = _delivery.TakeRefresh();
        }

        if (mustRefresh)
            Refresh();
        while (TakeMissed() is { Count: > 0 } missed)
        {
            foreach (var question in missed)
                _questions.Ask(question);
        }
    }

    private IReadOnlyList<ResumeQuestion> TakeMissed()
    {
        lock (_gate)
            return _tracked.TakeMissed();
    }
}
