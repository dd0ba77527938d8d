using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// Where every publisher ends, whatever its door: duplicate suppression, order, fan-out (PUB-30, PUB-31). Thread-safe; only enqueues,
/// never waits for a client. Owned by whoever built it.
/// </summary>
public sealed partial class PublishPipeline : IDisposable
{
    private readonly SubscriptionTable _table;
    private readonly FanOut _fanOut;
    private readonly Sequencer _sequencer;
    private readonly TraceLog _traces;
    private readonly DeliveryInstruments _instruments;
    private readonly ILogger<PublishPipeline> _logger;

    /// <summary>Publishes into the holds of <paramref name="table"/>.</summary>
    public PublishPipeline(
        SubscriptionTable table, ChannelsOptions options, TimerWheel wheel, TraceLog traces, DeliveryInstruments instruments, ILoggerFactory loggers)
    {
        var time = wheel.Time;
        _table = table;
        _traces = traces;
        _instruments = instruments;
        _logger = loggers.CreateLogger<PublishPipeline>();
        _fanOut = new FanOut(options, time, instruments, loggers.CreateLogger<FanOut>());
        _sequencer = new Sequencer(options.MessageWait, wheel, time, _fanOut, loggers.CreateLogger<Sequencer>());
    }

    /// <summary>Takes items in order, which came in through <paramref name="door"/>. Delivery goes on after the call returns.</summary>
    public void Publish(IReadOnlyList<Item> items, PublisherDoor door = PublisherDoor.Http)
    {
        var drains = new DrainBatch();
        for (var i = 0; i < items.Count; i++)
            Publish(items[i], door, receipt: null, drains);
        drains.Run();
    }

    /// <summary>The same, and says of each item what became of it, in order (CTL-07).</summary>
    public IReadOnlyList<ItemReceipt> PublishWithReceipts(IReadOnlyList<Item> items, PublisherDoor door = PublisherDoor.Http)
    {
        var drains = new DrainBatch();
        var receipts = new ItemReceipt[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            receipts[i] = new ItemReceipt(items[i]);
            Publish(items[i], door, receipts[i], drains);
        }

        drains.Run();
        return receipts;
    }

    /// <summary>Forgets all last ids and makes every hold ask its origin again (HTTP-37).</summary>
    public void Recover()
    {
        var drains = new DrainBatch();
        foreach (var shard in _table.Shards)
        {
            lock (shard.Gate)
            {
                foreach (var channel in shard.Channels.Values)
                {
                    channel.LastId = null;
                    channel.Update(UpdateCause.Recover, drains);
                }
            }
        }

        drains.Run();
    }

    /// <summary>Drops what waits because of <c>message_rate</c>.</summary>
    public void Dispose() => _fanOut.Dispose();

    private void Publish(Item item, PublisherDoor door, ItemReceipt? receipt, DrainBatch drains)
    {
        var followed = _traces.Follow(item, door, receipt);
        var shard = _table.ShardOf(item.Channel);
        lock (shard.Gate)
        {
            _instruments.Published(door, PublishOne(shard, followed, drains));
            FollowedItem.TrailOf(followed)?.CloseReceipt();
        }
    }

    private PublishOutcome PublishOne(ChannelShard shard, Item item, DrainBatch drains)
    {
        if (!shard.Duplicates.IsNew(item.Channel, item.Id))
        {
            FollowedItem.TrailOf(item)?.Kept(PublishOutcome.Duplicate);
            Log.Duplicate(_logger, item.Channel, item.Id);
            return PublishOutcome.Duplicate;
        }

        _instruments.Received(_fanOut.BlocksOf(item));

        // Order is kept only while somebody listens: the first item after a subscription is delivered at once.
        if (shard.Channels.TryGetValue(item.Channel, out var channel))
            return _sequencer.Add(channel, item, drains);
        _fanOut.Deliver(channel: null, item, drains);
        return PublishOutcome.Delivered;
    }
}
