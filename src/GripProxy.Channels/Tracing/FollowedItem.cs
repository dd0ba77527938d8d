using System.Diagnostics.CodeAnalysis;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tracing;

/// <summary>
/// An item that somebody wants to hear of. It goes the way of every item, and whoever decides something about it tells its trail; so an item that
/// nobody asked for costs one look at its type. Immutable.
/// </summary>
public sealed record FollowedItem : Item
{
    /// <summary>The same item, followed.</summary>
    [SetsRequiredMembers]
    internal FollowedItem(Item item, ItemTrail trail)
        : base(item)
    {
        Plain = item;
        Trail = trail;
    }

    /// <summary>The item as it was published.</summary>
    public Item Plain { get; }

    /// <summary>Hears of everything that happens to the item.</summary>
    public ItemTrail Trail { get; }

    /// <summary>The trail of an item, or null: nobody follows it.</summary>
    public static ItemTrail? TrailOf(Item item) => (item as FollowedItem)?.Trail;
}
