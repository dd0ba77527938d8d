using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Pacing;

/// <summary>An item that waits to be offered to one hold. Immutable.</summary>
/// <param name="Subscription">The place of the hold on the item's channel.</param>
/// <param name="Item">The item.</param>
/// <param name="Weight">What it takes of the rate and of the high-water mark.</param>
internal readonly record struct PacedDelivery(Subscription Subscription, Item Item, int Weight);
