using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Holds.Filters;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.WebSockets;

/// <summary>An item for one WebSocket whose filters run when the writer comes to it. Immutable.</summary>
internal sealed class LateMessage(
    WebSocketHold hold, Subscription subscription, TrackedChannel? channel, Item item, FilterInput input, MessageFilters filters) : LatePiece
{
    private readonly FilterChain _chain = subscription.Filters!; // Only where filters are, something is made late.
    private readonly string? _prevId = subscription.PrevId;
    private readonly int _failures = channel?.Failures ?? 0;

    /// <inheritdoc/>
    public override bool MayWait => _chain.AsksOrigin;

    /// <inheritdoc/>
    public override async ValueTask<ReadOnlyMemory<byte>> MakeAsync()
    {
        // An item of the channel before it is missing, and what follows is asked for again.
        if (channel is not null && channel.Failures != _failures)
            return default;
        var format = item.WebSocketMessage!; // Only items with this format are delivered.
        var outcome = await filters.RunAsync(_chain, input, format.Content, hold, FollowedItem.TrailOf(item));
        if (outcome.Error is not null)
            hold.FilterFailed(subscription, channel, _prevId, outcome.Error);
        if (outcome.Error is not null || outcome.DroppedBy is not null)
            return default;
        return hold.Encoding.Encode(item, channel?.Envelope, outcome.Content);
    }
}
