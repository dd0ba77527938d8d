using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Pacing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

/// <summary>Offers an item to every subscription of its channel, where a rate is set when the pacer lets it. Called under the shard lock.</summary>
internal sealed partial class FanOut : IDisposable
{
    private readonly DeliveryPacer? _pacer;
    private readonly DeliveryWeight _weight;
    private readonly DeliveryInstruments _instruments;
    private readonly ILogger<FanOut> _logger;

    public FanOut(ChannelsOptions options, TimeProvider time, DeliveryInstruments instruments, ILogger<FanOut> logger)
    {
        _instruments = instruments;
        _logger = logger;
        _weight = new DeliveryWeight(options.MessageBlockSize);
        if (options.MessageRate > 0)
            _pacer = new DeliveryPacer(options, OfferLate, time, logger);
    }

    /// <summary>Offers the item to all. Whoever has to write afterwards stands in <paramref name="drains"/>.</summary>
    public void Deliver(ChannelState? channel, Item item, DrainBatch drains)
    {
        var trail = FollowedItem.TrailOf(item);
        trail?.Matched(channel?.SubscriberCount ?? 0);
        var receivers = 0;
        if (channel is not null)
        {
            receivers += Deliver(channel, SubscriptionMode.Response, item.HttpResponse is not null, item, trail, drains);
            receivers += Deliver(channel, SubscriptionMode.Stream, item.HttpStream is not null, item, trail, drains);
            receivers += Deliver(channel, SubscriptionMode.WebSocket, item.WebSocketMessage is not null, item, trail, drains);
        }

        Log.Published(_logger, item.Channel, receivers);
    }

    /// <summary>Blocks of the item's largest form (PUB-33), or 0.</summary>
    public int BlocksOf(Item item) => _weight.LargestOf(item);

    public void Dispose() => _pacer?.Dispose();

    /// <summary>Returns how many have it or will be offered it.</summary>
    private int Deliver(ChannelState channel, SubscriptionMode mode, bool hasFormat, Item item, ItemTrail? trail, DrainBatch drains)
    {
        var subscriptions = channel.Subscribers(mode);
        if (!hasFormat)
        {
            TellNoFormat(subscriptions, trail);
            return 0;
        }

        var waiting = 0;
        var blocks = _weight.BlocksOf(item, mode);
        var tally = new DeliveryTally(_instruments, blocks);
        if (_pacer is null)
            OfferAll(subscriptions, item, trail, drains, ref tally);
        else
            waiting = Pace(_pacer, subscriptions, item, trail, drains, ref tally);
        tally.EndRun();
        var receivers = tally.Total + waiting;
        if (receivers > 0)
            _instruments.Tell(item, mode, receivers, blocks);
        return receivers;
    }

    private static void TellNoFormat(ReadOnlySpan<Subscription> subscriptions, ItemTrail? trail)
    {
        if (trail is null)
            return;
        foreach (var subscription in subscriptions)
            trail.Offered(subscription.Outbound, DeliveryOutcome.NoFormat);
    }

    private void OfferAll(
        ReadOnlySpan<Subscription> subscriptions, Item item, ItemTrail? trail, DrainBatch drains, ref DeliveryTally tally)
    {
        foreach (var subscription in subscriptions)
        {
            if (Offer(subscription, item, trail, drains))
                tally.Add(subscription);
        }
    }

    /// <summary>Returns how many wait for their turn.</summary>
    private int Pace(
        DeliveryPacer pacer, ReadOnlySpan<Subscription> subscriptions, Item item, ItemTrail? trail, DrainBatch drains, ref DeliveryTally tally)
    {
        var waiting = 0;
        foreach (var subscription in subscriptions)
        {
            switch (pacer.Admit(subscription, item))
            {
                case PaceDecision.Now when Offer(subscription, item, trail, drains):
                    tally.Add(subscription);
                    break;
                case PaceDecision.Later:
                    trail?.Paced();
                    waiting++;
                    break;
                case PaceDecision.Drop:
                    Tell(subscription, DeliveryOutcome.Dropped(DropReason.RateHwm), trail);
                    break;
            }
        }

        return waiting;
    }

    /// <summary>For the pacer: the turn of a delivery has come. Takes the shard lock.</summary>
    private void OfferLate(PacedDelivery delivery, DrainBatch drains)
    {
        var subscription = delivery.Subscription;
        lock (subscription.State.Shard.Gate)
        {
            if (subscription.Index >= 0 && Offer(subscription, delivery.Item, FollowedItem.TrailOf(delivery.Item), drains))
                _instruments.Delivered(subscription.Traffic, subscription.Transport, 1, _weight.BlocksOf(delivery.Item, subscription.Mode));
        }
    }

    private bool Offer(Subscription subscription, Item item, ItemTrail? trail, DrainBatch drains)
    {
        var outcome = subscription.Outbound.Offer(subscription, item, drains);
        Tell(subscription, outcome, trail);
        return outcome.Kind == DeliveryKind.Queued;
    }

    private void Tell(Subscription subscription, DeliveryOutcome outcome, ItemTrail? trail)
    {
        trail?.Offered(subscription.Outbound, outcome);
        if (outcome.Drop is { } reason)
            _instruments.Dropped(subscription.Transport, reason);
    }
}
