using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Channels.Tracing;

/// <summary>What happens to one followed item, told by those who do it. Guarded by the lock of the item's shard.</summary>
public sealed class ItemTrail
{
    private ItemReceipt? _receipt;

    internal ItemTrail(ItemReceipt? receipt) => _receipt = receipt;

    /// <summary>Something other than delivery: a duplicate, or a predecessor that is missing.</summary>
    internal void Kept(PublishOutcome outcome)
    {
        if (_receipt is not null)
            _receipt.Outcome = outcome;
    }

    /// <summary>A connection matched, and this became of the item there.</summary>
    internal void Offered(IOutbound outbound, DeliveryOutcome outcome) => _receipt?.Count(outcome);

    /// <summary>A connection matched, and the item waits there for its turn (PUB-32).</summary>
    internal void Paced(IOutbound outbound) => _receipt?.Count(DeliveryOutcome.Queued);

    /// <summary>The publish is over; the receipt is its caller's now.</summary>
    internal void CloseReceipt() => _receipt = null;
}
