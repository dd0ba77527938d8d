using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// What comes after the order of a channel's items is known: the backplane, and the fan-out as it says. Called under the shard lock.
/// </summary>
internal sealed class Distribution(IBackplane backplane, SubscriptionTable table, FanOut fanOut)
{
    /// <summary>Gives an item to the backplane, and to the holds here if that is now.</summary>
    public void Send(ChannelState? channel, Item item, DrainBatch drains, bool isOverdue = false)
    {
        var rule = channel?.Rule ?? table.RuleOf(item.Channel);
        var answer = backplane.Send(item, rule, isOverdue);
        if (answer.Step != BackplaneStep.FanOut)
            FollowedItem.TrailOf(item)?.Relayed(answer.Step == BackplaneStep.Wait);
        if (answer.Step == BackplaneStep.Wait)
            return;
        FanOut(channel, answer.Item, answer.Step == BackplaneStep.FanOut ? FanOutScope.All : FanOutScope.WithoutPosition, drains);
    }

    /// <summary>Gives an item to the holds here.</summary>
    public void FanOut(ChannelState? channel, Item item, FanOutScope scope, DrainBatch drains)
    {
        if (item.Position is { } position && FollowedItem.TrailOf(item) is { } trail)
            trail.Appended(position, table.RuleOf(item.Channel).HasLog);
        fanOut.Deliver(channel, item, scope, drains);
    }
}
