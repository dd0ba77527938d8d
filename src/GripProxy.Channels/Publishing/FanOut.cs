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
    private readonly DeliveryInstruments _instruments;
    private readonly ILogger<FanOut> _logger;

    public FanOut(ChannelsOptions options, TimeProvider time, DeliveryInstruments instruments, ILogger<FanOut> logger)
    {
        _instruments = instruments;
        _logger = logger;
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
        var queued = _pacer is null
            ? OfferAll(subscriptions, item, trail, drains)
            : Pace(_pacer, subscriptions, item, trail, drains, out waiting);
        _instruments.Delivered(mode, queued);
        return queued + waiting;
    }

    private static void TellNoFormat(ReadOnlySpan<Subscription> subscriptions, ItemTrail? trail)
    {
        if (trail is null)
            return;
        foreach (var subscription in subscriptions)
            trail.Offered(subscription.Outbound, DeliveryOutcome.NoFormat);
    }

    private int OfferAll(ReadOnlySpan<Subscription> subscriptions, Item item, ItemTrail? trail, DrainBatch drains)
    {
        var queued = 0;
        foreach (var subscription in subscriptions)
        {
            if (Offer(subscription, item, trail, drains))
                queued++;
        }

        return queued;
    }

    private int Pace(
        DeliveryPacer pacer, ReadOnlySpan<Subscription> subscriptions, Item item, ItemTrail? trail, DrainBatch drains, out int waiting)
    {
        var queued = 0;
        waiting = 0;
        foreach (var subscription in subscriptions)
        {
            switch (pacer.Admit(subscription, item))
            {
                case PaceDecision.Now when Offer(subscription, item, trail, drains):
                    queued++;
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

        return queued;
    }

    /// <summary>For the pacer: the turn of a delivery has come. Takes the shard lock.</summary>
    private void OfferLate(PacedDelivery delivery, DrainBatch drains)
    {
        var subscription = delivery.Subscription;
        lock (subscription.State.Shard.Gate)
        {
            if (subscription.Index >= 0 && Offer(subscription, delivery.Item, FollowedItem.TrailOf(delivery.Item), drains))
                _instruments.Delivered(subscription.Mode, 1);
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
            _instruments.Dropped(subscription.Mode, reason);
    }
}
