using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// The channels of one WebSocket that are reliable or have envelopes, and what is to be asked about them. Costs next to nothing while there are
/// none. Guarded by the hold's lock.
/// </summary>
/// <param name="hold">The hold; it counts every question and what is dropped.</param>
internal sealed class TrackedChannels(WebSocketHold hold)
{
    private List<TrackedChannel>? _channels;
    private List<ResumeQuestion>? _missed;

    /// <summary>True if a channel tells the order, so that no item may be pushed out of the queue in silence.</summary>
    public bool TellOrder => _channels?.Exists(static channel => channel.IsReliable) == true;

    /// <summary>Bytes of the items that wait on channels.</summary>
    public long HeldBackBytes => _channels?.Sum(static channel => channel.HeldBack.Bytes) ?? 0;

    /// <summary>The channel of that full name, or null: it is an ordinary one.</summary>
    public TrackedChannel? Find(string fullName)
    {
        if (_channels is null)
            return null;
        foreach (var channel in _channels)
        {
            if (channel.FullName == fullName)
                return channel;
        }

        return null;
    }

    /// <summary>Keeps a channel from now on.</summary>
    public void Add(TrackedChannel channel) => (_channels ??= []).Add(channel);

    /// <summary>Keeps it no longer.</summary>
    public void Remove(TrackedChannel channel)
    {
        _channels?.Remove(channel);
        if (_channels?.Count == 0)
            _channels = null;
    }

    /// <summary>True if an item does not follow the client's last one, on a channel where that matters.</summary>
    public static bool IsGap(TrackedChannel channel, Subscription subscription, Item item) =>
        channel is { IsReliable: true, IsWaiting: false } && subscription is { Cursor: null, PrevId: { } prevId } && prevId != item.PrevId;

    /// <summary>Lets an item wait on its channel.</summary>
    public DeliveryOutcome HoldBack(TrackedChannel channel, Subscription subscription, Item item)
    {
        var result = channel.HeldBack.Add(subscription, item);
        hold.CountDropped(DropReason.NotJoined, channel.HeldBack.TakePushedOut());
        if (result == EnqueueResult.Overflow)
            hold.Output.BeginClose(CloseReason.Overflow, WebSocketCloses.NotResumed(ResumeOutcome.Overflow).ToContent());
        return result == EnqueueResult.Waiting ? DeliveryOutcome.Queued : DeliveryOutcome.Dropped(DropReason.NotJoined);
    }

    /// <summary>The same as below: what follows the client's last item is missing.</summary>
    public void Miss(TrackedChannel channel, Subscription subscription, RecoveryReason cause) =>
        Miss(channel, subscription.PrevId, cause, subscription.Rule.HasLog ? ResumeOutcome.Expired : ResumeOutcome.NoLog);

    /// <summary>Lets a channel's items wait, and keeps the question for the origin.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="lastId">What the client has seen last, or null.</param>
    /// <param name="cause">What happened.</param>
    /// <param name="reason">Why the log does not help.</param>
    public void Miss(TrackedChannel channel, string? lastId, RecoveryReason cause, ResumeOutcome reason)
    {
        hold.CountRecovery(cause);
        channel.IsWaiting = true;
        channel.Missed = reason;
        (_missed ??= []).Add(new ResumeQuestion(channel, lastId, reason, IsDoubt: cause == RecoveryReason.FirstSubscription));
    }

    /// <summary>True if questions are due.</summary>
    public bool HasMissed => _missed is not null;

    /// <summary>Hands over the questions that are due.</summary>
    public IReadOnlyList<ResumeQuestion> TakeMissed()
    {
        if (_missed is null)
            return [];
        var missed = _missed;
        _missed = null;
        return missed;
    }

    /// <summary>Hands over all channels, for an end.</summary>
    public IReadOnlyList<TrackedChannel> TakeAll()
    {
        if (_channels is null)
            return [];
        var channels = _channels;
        _channels = null;
        return channels;
    }
}
