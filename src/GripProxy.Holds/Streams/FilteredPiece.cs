using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Holds.Filters;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>An item of a stream whose filters run when the writer comes to it. Immutable.</summary>
internal sealed class FilteredPiece(
    StreamHold hold, Subscription subscription, FilterChain chain, FilterInput input, Item item, MessageFilters filters)
    : LatePiece
{
    /// <summary>Where it came from.</summary>
    public Subscription Subscription => subscription;

    /// <summary>What the hold had seen of the channel before it, or null.</summary>
    public string? PrevId { get; } = subscription.PrevId;

    /// <inheritdoc/>
    public override bool MayWait => chain.AsksOrigin;

    /// <inheritdoc/>
    public override async ValueTask<ReadOnlyMemory<byte>> MakeAsync()
    {
        if (hold.Delivery.IsUseless(this))
            return default;
        var content = item.HttpStream!.Content; // Only items with this format come here.
        var outcome = await filters.RunAsync(chain, input, content, hold, FollowedItem.TrailOf(item));
        if (outcome.Error is not null)
            hold.Delivery.FilterFailed(this, outcome.Error);
        else if (outcome.DroppedBy is null)
            hold.NoteSent();
        return hold.Log.Frame(item, outcome.Content);
    }
}
