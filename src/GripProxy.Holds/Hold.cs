using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds;

/// <summary>One held client request, whatever its transport. What changes is guarded by the lock of the derived class.</summary>
internal abstract class Hold(HoldRequest request) : IOutbound
{
    /// <summary>The request and its instruct.</summary>
    public HoldRequest Request { get; } = request;

    /// <summary>Its places. Set by whoever joins, while the hold lets nothing pass.</summary>
    public IReadOnlyList<HeldChannel> Channels { get; set; } = [];

    /// <inheritdoc/>
    public abstract DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains);

    /// <inheritdoc/>
    public abstract void Update(UpdateCause cause, DrainBatch drains);

    /// <inheritdoc/>
    public abstract void Drain();

    /// <summary>Ends the hold; the first reason counts.</summary>
    public abstract void End(CloseReason reason);

    /// <summary>True if one of its channels has gone on since the origin answered; asked once per join, because the channel forgets it (HTTP-35).</summary>
    public bool IsBehind()
    {
        var behind = false;
        foreach (var channel in Channels)
            behind |= channel.Subscription.IsBehind();
        return behind;
    }

    /// <summary>What the hold has seen on the channels where it tells the order (HTTP-34). Only while it lets nothing pass.</summary>
    public IReadOnlyList<GripLast> LastIds()
    {
        var lastIds = new List<GripLast>();
        foreach (var channel in Channels)
        {
            if (channel.Subscription.PrevId is { } id)
                lastIds.Add(new GripLast(channel.Name, id));
        }

        return lastIds;
    }
}
