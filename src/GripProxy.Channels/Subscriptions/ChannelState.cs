using GripProxy.Channels.Delivery;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Timing;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Subscriptions;

/// <summary>
/// A channel in use: who is subscribed, what was last, what waits for its turn. Lives while it has subscribers, and
/// <c>subscription_linger</c> beyond its last response hold, so that a client between two long-polls misses nothing. Guarded by the shard lock.
/// </summary>
internal sealed class ChannelState(string name, ChannelRule rule, ChannelShard shard)
{
    private SubscriberList _response;
    private SubscriberList _stream;
    private SubscriberList _webSocket;
    private SubscriberList _signalR;
    private Position? _lastPosition;

    public string Name { get; } = name;

    public ChannelRule Rule { get; } = rule;

    public ChannelShard Shard { get; } = shard;

    /// <summary>Id of the last item in order, or null: none, or the last one had no id (HTTP-35).</summary>
    public string? LastId { get; set; }

    /// <summary>Items whose predecessor is missing (PUB-31), or null: none ever waited.</summary>
    public WaitingItems? Waiting { get; set; }

    /// <summary>Timestamp until which the channel stays although nobody is subscribed; 0: it does not linger.</summary>
    public long LingerUntil { get; set; }

    /// <summary>Ends the linger; made with the first response hold that leaves.</summary>
    public WheelTimer? LingerTimer { get; set; }

    public bool HasSubscribers => SubscriberCount > 0;

    /// <summary>Subscriptions in all modes.</summary>
    public int SubscriberCount => _response.Count + _stream.Count + _webSocket.Count + _signalR.Count;

    /// <summary>What operators see of the channel, or null: nobody is there.</summary>
    public ChannelUse? ToUse() => HasSubscribers ? new ChannelUse(Name, _response.Count, _stream.Count, _webSocket.Count, _signalR.Count, LastId) : null;

    public ReadOnlySpan<Subscription> Subscribers(SubscriptionMode mode) => ListOf(mode).Items;

    public void Add(Subscription subscription) => ListOf(subscription.Mode).Add(subscription);

    public void Remove(Subscription subscription) => ListOf(subscription.Mode).Remove(subscription);

    /// <summary>True if nobody of the mode is there, but the channel stays in use by it (STA-06).</summary>
    public bool Lingers(SubscriptionMode mode) => mode == SubscriptionMode.Response && LingerUntil != 0 && _response.Count == 0;

    /// <summary>Offset of the item that was offered to holds of the mode before the one that is being offered.</summary>
    public long OffsetBefore(SubscriptionMode mode) => ListOf(mode).OffsetBefore;

    /// <summary>
    /// An item of the log is about to be offered. Whoever looks at what was offered before learns whether he missed one: an item that says nothing to his
    /// kind of hold is none, but what never came by here is.
    /// </summary>
    public void BeginOffer(Position position, Item item)
    {
        var isNext = _lastPosition is { } last && last.Epoch == position.Epoch && last.Offset == position.Offset - 1;
        _lastPosition = position;
        Move(ref _response, item.HttpResponse is not null, isNext, position.Offset);
        Move(ref _stream, item.HttpStream is not null, isNext, position.Offset);
        Move(ref _webSocket, item.WebSocketMessage is not null, isNext, position.Offset);
        Move(ref _signalR, MessageForm.IsIn(item), isNext, position.Offset);
    }

    /// <summary>Tells the observers what became of the subscriptions of a mode.</summary>
    public void TellChanged(SubscriptionMode mode)
    {
        foreach (var observer in Shard.Observers)
            observer.Changed(Name, mode, ListOf(mode).Count, Lingers(mode));
    }

    /// <summary>True if another last id than <paramref name="prevId"/> is remembered; it is forgotten then (HTTP-35).</summary>
    public bool IsBehind(string prevId)
    {
        if (LastId is null || LastId == prevId)
            return false;
        LastId = null;
        return true;
    }

    /// <summary>Asks all holds on the channel to look at their origins again.</summary>
    public void Update(UpdateCause cause, DrainBatch drains)
    {
        foreach (var subscription in AllSubscribers())
            subscription.Outbound.Update(subscription, cause, drains);
    }

    /// <summary>Who is subscribed now, in any mode.</summary>
    public Subscription[] AllSubscribers() => [.. _response.Items, .. _stream.Items, .. _webSocket.Items, .. _signalR.Items];

    private static void Move(ref SubscriberList list, bool isOffered, bool isNext, long offset)
    {
        list.OffsetBefore = isNext ? list.LastOffset : offset - 1;
        list.LastOffset = isOffered ? offset : list.OffsetBefore;
    }

    private ref SubscriberList ListOf(SubscriptionMode mode)
    {
        if (mode == SubscriptionMode.Response)
            return ref _response;
        if (mode == SubscriptionMode.Stream)
            return ref _stream;
        if (mode == SubscriptionMode.SignalR)
            return ref _signalR;
        return ref _webSocket;
    }
}
