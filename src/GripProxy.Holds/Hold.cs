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

    /// <summary>Its places. Set once by the keeper, before the hold is released.</summary>
    public IReadOnlyList<HeldChannel> Channels { get; set; } = [];

    /// <inheritdoc/>
    public abstract DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains);

    /// <inheritdoc/>
    public abstract void Recover(DrainBatch drains);

    /// <inheritdoc/>
    public abstract void Drain();

    /// <summary>Ends the hold; the first reason counts.</summary>
    public abstract void End(CloseReason reason);
}
