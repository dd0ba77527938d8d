using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// Decides what is next on a channel (PUB-31): an item whose predecessor is missing waits for it, at most <c>message_wait</c>. Stateless
/// but for its clock; the state is the channel's, so every method is called under the shard lock.
/// </summary>
internal sealed partial class Sequencer(TimeSpan wait, TimerWheel wheel, TimeProvider time, Distribution distribution, ILogger<Sequencer> logger)
{
    /// <summary>Delivers the item and what waited for it, or makes it wait.</summary>
    public PublishOutcome Add(ChannelState channel, Item item, DrainBatch drains)
    {
        if (!item.NoSequence && item.PrevId is not null && IsMissing(channel, item.PrevId))
            return MakeWait(channel, item);
        if (item.NoSequence)
            distribution.Send(channel, item, drains);
        else
            DeliverChain(channel, item, drains);
        return PublishOutcome.Delivered;
    }

    /// <summary>
    /// While the last id is known, everything else is missing. When it was forgotten (HTTP-35, HTTP-37), only what is here itself and waits:
    /// an item does not overtake the one before it.
    /// </summary>
    private static bool IsMissing(ChannelState channel, string prevId) =>
        channel.LastId is not null ? channel.LastId != prevId : channel.Waiting?.Has(prevId) == true;

    private PublishOutcome MakeWait(ChannelState channel, Item item)
    {
        channel.Waiting ??= new WaitingItems(new WheelTimer(state => Expire((ChannelState)state), channel));
        var result = channel.Waiting.Add(item, time.GetTimestamp());
        var outcome = result switch
        {
            WaitingResult.PlaceIsTaken => PublishOutcome.PlaceTaken,
            WaitingResult.TooMany => PublishOutcome.TooManyWait,
            _ => PublishOutcome.Waiting,
        };
        FollowedItem.TrailOf(item)?.Kept(outcome);
        if (result == WaitingResult.PlaceIsTaken)
            Log.PlaceIsTaken(logger, item.Channel, item.Id, item.PrevId);
        else if (result == WaitingResult.TooMany)
            Log.TooManyWait(logger, item.Channel, item.Id, item.PrevId);
        else
            KeepTime(channel, channel.Waiting);
        return outcome;
    }

    private void KeepTime(ChannelState channel, WaitingItems waiting)
    {
        channel.Shard.WaitingItems++;
        if (waiting.Count == 1)
            wheel.Schedule(waiting.Timer, wait);
    }

    private static Item? TakeAfter(ChannelState channel, string? id)
    {
        if (id is null || channel.Waiting?.TakeAfter(id) is not { } item)
            return null;
        channel.Shard.WaitingItems--;
        return item;
    }

    /// <summary>An item of another node came by: what waited here for it is next.</summary>
    public void Follow(ChannelState channel, Item item, DrainBatch drains)
    {
        channel.LastId = item.Id;
        if (TakeAfter(channel, item.Id) is { } next)
        {
            FollowedItem.TrailOf(next)?.Released(isExpired: false);
            DeliverChain(channel, next, drains);
        }
    }

    private void DeliverChain(ChannelState channel, Item first, DrainBatch drains, bool isOverdue = false)
    {
        for (Item? item = first; item is not null; item = TakeAfter(channel, item.Id))
        {
            if (!ReferenceEquals(item, first))
                FollowedItem.TrailOf(item)?.Released(isExpired: false);
            channel.LastId = item.Id;
            distribution.Send(channel, item, drains, isOverdue && ReferenceEquals(item, first));
        }
    }

    private void Expire(ChannelState channel)
    {
        var drains = new DrainBatch();
        lock (channel.Shard.Gate)
        {
            var waiting = channel.Waiting!; // Its timer runs, so it exists.
            while (waiting.Count > 0)
            {
                var left = wait - time.GetElapsedTime(waiting.OldestSince);
                if (left > TimeSpan.Zero)
                {
                    wheel.Schedule(waiting.Timer, left);
                    break;
                }

                var oldest = waiting.TakeOldest();
                channel.Shard.WaitingItems--;
                FollowedItem.TrailOf(oldest)?.Released(isExpired: true);
                DeliverChain(channel, oldest, drains, isOverdue: true);
            }
        }

        drains.Run();
    }
}
