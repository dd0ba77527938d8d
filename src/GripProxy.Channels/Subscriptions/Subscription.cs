namespace GripProxy.Channels.Subscriptions;

/// <summary>One hold on one channel. Guarded by the lock of the channel's shard.</summary>
public sealed class Subscription
{
    internal Subscription(ChannelState state, IOutbound outbound, SubscriptionMode mode, string? prevId)
    {
        State = state;
        Outbound = outbound;
        Mode = mode;
        PrevId = prevId;
    }

    /// <summary>Full channel name, route prefix included.</summary>
    public string Channel => State.Name;

    /// <summary>The hold.</summary>
    public IOutbound Outbound { get; }

    /// <summary>Kind of the hold.</summary>
    public SubscriptionMode Mode { get; }

    /// <summary>Id of the last item that the hold has seen, or null: the subscription takes everything (HTTP-35).</summary>
    public string? PrevId { get; set; }

    /// <summary>Bounds of the queue for items of this channel.</summary>
    public Delivery.ChannelRule Rule => State.Rule;

    internal ChannelState State { get; }

    /// <summary>Place in the channel's list, or -1 once it has left.</summary>
    internal int Index { get; set; } = -1;
}
