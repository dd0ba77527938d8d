using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// Where every publisher ends, whatever its door: duplicate suppression, order, log and backplane, fan-out (PUB-30, PUB-31, LOG-01). Thread-safe; only
/// enqueues, never waits for a client. Owned by whoever built it.
/// </summary>
public sealed partial class PublishPipeline : IBackplaneSink, IDisposable
{
    private readonly SubscriptionTable _table;
    private readonly FanOut _fanOut;
    private readonly IBackplane _backplane;
    private readonly Distribution _distribution;
    private readonly Sequencer _sequencer;
    private readonly TraceLog _traces;
    private readonly DeliveryInstruments _instruments;
    private readonly UnknownNames _unknownFormats = new();
    private readonly ILogger<PublishPipeline> _logger;

    /// <summary>Publishes into the holds of <paramref name="table"/>, and to other nodes through <paramref name="backplane"/>.</summary>
    public PublishPipeline(
        SubscriptionTable table, ChannelsOptions options, IBackplane backplane, TraceLog traces, DeliveryInstruments instruments, ILoggerFactory loggers)
    {
        var wheel = table.Wheel;
        var time = wheel.Time;
        _table = table;
        _backplane = backplane;
        _traces = traces;
        _instruments = instruments;
        _logger = loggers.CreateLogger<PublishPipeline>();
        _fanOut = new FanOut(options, time, instruments, loggers.CreateLogger<FanOut>());
        _distribution = new Distribution(backplane, table, _fanOut);
        _sequencer = new Sequencer(options.MessageWait, wheel, time, _distribution, loggers.CreateLogger<Sequencer>());
        backplane.Start(this);
    }

    /// <summary>Takes items in order, which came in through <paramref name="door"/>. Delivery goes on after the call returns.</summary>
    public void Publish(IReadOnlyList<Item> items, PublisherDoor door = PublisherDoor.Http)
    {
        var drains = new DrainBatch(_instruments.StartOfPublish());
        for (var i = 0; i < items.Count; i++)
            Publish(items[i], door, receipt: null, drains);
        drains.Run();
    }

    /// <summary>Completes when what was published before would survive the end of this process: other nodes have it, or there are none.</summary>
    public ValueTask FlushAsync() => _backplane.FlushAsync();

    /// <summary>The same, and says of each item what became of it, in order (CTL-07).</summary>
    public IReadOnlyList<ItemReceipt> PublishWithReceipts(IReadOnlyList<Item> items, PublisherDoor door = PublisherDoor.Http)
    {
        var drains = new DrainBatch(_instruments.StartOfPublish());
        var receipts = new ItemReceipt[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            receipts[i] = new ItemReceipt(items[i]);
            Publish(items[i], door, receipts[i], drains);
        }

        drains.Run();
        return receipts;
    }

    /// <summary>The same, and waits a while for what becomes of them on other nodes.</summary>
    public async ValueTask<IReadOnlyList<ItemReceipt>> PublishWithReceiptsAsync(
        IReadOnlyList<Item> items, TimeSpan patience, PublisherDoor door = PublisherDoor.Http)
    {
        var receipts = PublishWithReceipts(items, door);
        if (receipts.Select(static receipt => receipt.Settled).Where(static settled => !settled.IsCompleted).ToArray() is { Length: > 0 } open)
        {
            try
            {
                await Task.WhenAll(open).WaitAsync(patience, _table.Wheel.Time);
            }
            catch (TimeoutException)
            {
                // The receipts say who is missing.
            }
        }

        foreach (var receipt in receipts)
            receipt.Close();
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
                    Recover(channel, drains);
            }
        }

        drains.Run();
    }

    /// <inheritdoc/>
    void IBackplaneSink.Deliver(Item item, bool isOwn, FanOutScope scope, DrainBatch drains)
    {
        var shard = _table.ShardOf(item.Channel);
        lock (shard.Gate)
        {
            if (!isOwn)
            {
                if (item is not FollowedItem)
                    item = _traces.Follow(item, PublisherDoor.Node, receipt: null);
                shard.Duplicates.IsNew(item.Channel, item.Id); // So that it is known while the backplane is away.
                _instruments.Published(PublisherDoor.Node, PublishOutcome.Delivered);
            }

            var channel = shard.Channels.GetValueOrDefault(item.Channel);
            _distribution.FanOut(channel, item, scope, drains);
            if (!isOwn && channel is not null && !item.NoSequence)
                _sequencer.Follow(channel, item, drains);
            FollowedItem.TrailOf(item)?.EndHere();
        }
    }

    /// <inheritdoc/>
    void IBackplaneSink.Follow(Item item, DrainBatch drains)
    {
        var shard = _table.ShardOf(item.Channel);
        lock (shard.Gate)
        {
            if (!item.NoSequence && shard.Channels.TryGetValue(item.Channel, out var channel))
                _sequencer.Follow(channel, item, drains);
        }
    }

    /// <inheritdoc/>
    void IBackplaneSink.Refuse(Item item, PublishOutcome outcome)
    {
        if (FollowedItem.TrailOf(item) is not { } trail)
            return;
        lock (_table.ShardOf(item.Channel).Gate)
        {
            trail.Kept(outcome);
            trail.EndHere();
        }
    }

    /// <inheritdoc/>
    void IBackplaneSink.Recover(string channel)
    {
        var drains = new DrainBatch();
        var shard = _table.ShardOf(channel);
        lock (shard.Gate)
        {
            if (shard.Channels.TryGetValue(channel, out var state))
                Recover(state, drains);
        }

        drains.Run();
    }

    /// <summary>Drops what waits because of <c>message_rate</c>.</summary>
    public void Dispose() => _fanOut.Dispose();

    /// <inheritdoc/>
    NodeCounts IBackplaneSink.DeliverAndCount(Item item, DrainBatch drains)
    {
        var receipt = new ItemReceipt(item);
        ((IBackplaneSink)this).Deliver(_traces.Follow(item, PublisherDoor.Node, receipt), isOwn: false, FanOutScope.All, drains);
        return receipt.ToCounts();
    }

    /// <inheritdoc/>
    void IBackplaneSink.Publish(Item item) => Publish([item], PublisherDoor.Node);

    /// <inheritdoc/>
    void IBackplaneSink.Learn(string channel, string lastId)
    {
        var shard = _table.ShardOf(channel);
        lock (shard.Gate)
        {
            if (shard.Channels.TryGetValue(channel, out var state))
                state.LastId ??= lastId;
        }
    }

    /// <inheritdoc/>
    string? IBackplaneSink.LastIdOf(string channel)
    {
        var shard = _table.ShardOf(channel);
        lock (shard.Gate)
            return shard.Channels.GetValueOrDefault(channel)?.LastId;
    }

    private static void Recover(ChannelState channel, DrainBatch drains)
    {
        channel.LastId = null;
        channel.Update(UpdateCause.Recover, drains);
    }

    private void Publish(Item item, PublisherDoor door, ItemReceipt? receipt, DrainBatch drains)
    {
        if (item.UnknownFormats.Count > 0)
            Warn(item);
        var followed = _traces.Follow(item, door, receipt);
        var shard = _table.ShardOf(item.Channel);
        lock (shard.Gate)
        {
            _instruments.Published(door, PublishOne(shard, followed, drains));
            FollowedItem.TrailOf(followed)?.CloseReceipt();
        }

        drains.EndItem();
    }

    private void Warn(Item item)
    {
        foreach (var name in item.UnknownFormats)
        {
            if (_unknownFormats.IsNew(name))
                Log.UnknownFormat(_logger, item.Channel, name);
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
        _distribution.Send(channel: null, item, drains);
        return PublishOutcome.Delivered;
    }
}
