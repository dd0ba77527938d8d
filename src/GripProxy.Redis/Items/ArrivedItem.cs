using System.Diagnostics.CodeAnalysis;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;

namespace GripProxy.Redis.Items;

/// <summary>
/// An item of another node whose place is decided here, because only this node holds its channel. When the pipeline sends it on, it has been at Redis
/// already. Immutable.
/// </summary>
internal sealed record ArrivedItem : Item
{
    /// <summary>The same item.</summary>
    [SetsRequiredMembers]
    public ArrivedItem(Item item)
        : base(item)
    {
    }

    /// <summary>True if an item has come from Redis, whoever follows it.</summary>
    public static bool Is(Item item) => item is ArrivedItem or FollowedItem { Plain: ArrivedItem };
}
