using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Filters;

namespace GripProxy.Channels.Publishing;

/// <summary>What became of an item at the connections of one node (CTL-07). Immutable.</summary>
/// <param name="Queued">Connections in whose queue it stands.</param>
/// <param name="NoFormat">Connections of a kind that the item says nothing to.</param>
/// <param name="Filtered">How many connections each filter kept it from.</param>
/// <param name="Dropped">How many connections lost it, by reason.</param>
public sealed record NodeCounts(
    int Queued, int NoFormat, IReadOnlyDictionary<FilterKind, int> Filtered, IReadOnlyDictionary<DropReason, int> Dropped)
{
    /// <summary>Subscriptions of its channel there.</summary>
    public int Matched => Queued + NoFormat + Filtered.Values.Sum() + Dropped.Values.Sum();
}
