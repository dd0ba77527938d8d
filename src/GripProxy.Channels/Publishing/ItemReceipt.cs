using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// What became of one published item at the connections of this process (CTL-07). Filled under the shard lock while the item is published;
/// nobody changes it once the publish has returned. A delivery that waits for its turn (<c>message_rate</c>) or for a filter that takes time
/// counts as queued: the publish does not wait for it.
/// </summary>
public sealed class ItemReceipt
{
    internal ItemReceipt(Item item) => Item = item;

    /// <summary>The item.</summary>
    public Item Item { get; }

    /// <summary>What became of it as a whole.</summary>
    public PublishOutcome Outcome { get; internal set; } = PublishOutcome.Delivered;

    /// <summary>Where it stands in the log of its channel, or null: in none (CTL-07).</summary>
    public Position? Position { get; internal set; }

    /// <summary>The id of the item that it waits for or would have had to wait for, or null.</summary>
    public string? WaitsFor =>
        Outcome is PublishOutcome.Waiting or PublishOutcome.PlaceTaken or PublishOutcome.TooManyWait ? Item.PrevId : null;

    /// <summary>Subscriptions of its channel, whatever became of it there: the sum of the four below.</summary>
    public int Matched { get; private set; }

    /// <summary>Connections in whose queue it stands. Not: that have it.</summary>
    public int Queued { get; private set; }

    /// <summary>Connections of a kind that the item says nothing to (PUB-15).</summary>
    public int NoFormat { get; private set; }

    /// <summary>How many connections each filter kept it from (FLT-01).</summary>
    public SortedDictionary<FilterKind, int> Filtered { get; } = [];

    /// <summary>How many connections lost it, by reason.</summary>
    public SortedDictionary<DropReason, int> Dropped { get; } = [];

    internal void Count(DeliveryOutcome outcome)
    {
        Matched++;
        switch (outcome.Kind)
        {
            case DeliveryKind.Queued:
                Queued++;
                break;
            case DeliveryKind.NoFormat:
                NoFormat++;
                break;
            case DeliveryKind.Filtered:
                var filter = outcome.Filter!.Value; // Filtered names one.
                Filtered[filter] = Filtered.GetValueOrDefault(filter) + 1;
                break;
            case DeliveryKind.Dropped:
                var reason = outcome.Drop!.Value; // Dropped has one.
                Dropped[reason] = Dropped.GetValueOrDefault(reason) + 1;
                break;
        }
    }
}
