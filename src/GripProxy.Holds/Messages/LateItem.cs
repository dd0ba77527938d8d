using GripProxy.Channels.Delivery;
using GripProxy.Channels.Tracing;
using GripProxy.Holds.Filters;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Messages;

/// <summary>An item for one client whose filters run when the writer comes to it. Immutable.</summary>
/// <param name="hold">The client.</param>
/// <param name="chain">The filters.</param>
/// <param name="encoding">Makes the bytes of what they leave.</param>
/// <param name="item">The item.</param>
/// <param name="form">What it is to the client.</param>
/// <param name="filters">Runs them.</param>
internal sealed class LateItem(
    MessageHold hold, FilterChain chain, ItemEncoding encoding, Item item, MessageForm form, MessageFilters filters) : LatePiece
{
    private readonly FilterInput _input = hold.FilterInputOf(chain, item);

    /// <inheritdoc/>
    public override bool MayWait => chain.AsksOrigin;

    /// <inheritdoc/>
    public override async ValueTask<ReadOnlyMemory<byte>> MakeAsync()
    {
        var outcome = await filters.RunAsync(chain, _input, form.Content, hold, FollowedItem.TrailOf(item));
        if (outcome.Error is not null)
            hold.FilterFailed(outcome.Error);
        return outcome.Error is null && outcome.DroppedBy is null ? encoding.Encode(item, form, outcome.Content) : default;
    }
}
