using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Pacing;
using GripProxy.Channels.Subscriptions;
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
        var receivers = 0;
        if (channel is not null)
        {
            if (item.HttpResponse is not null)
                receivers += Deliver(channel, SubscriptionMode.Response, item, drains);
            if (item.HttpStream is not null)
                receivers += Deliver(channel, SubscriptionMode.Stream, item, drains);
        }

        Log.Published(_logger, item.Channel, receivers);
    }

    public void Dispose() => _pacer?.Dispose();

    /// <summary>Returns how many have it or will be offered it.</summary>
    private int Deliver(ChannelState channel, SubscriptionMode mode, Item item, DrainBatch drains)
    {
        var subscriptions = channel.Subscribers(mode);
        var waiting = 0;
        var queued = _pacer is null ? OfferAll(subscriptions, item, drains) : Pace(_pacer, subscriptions, item, drains, out waiting);
        _instruments.Delivered(mode, queued);
        return queued + waiting;
    }

    private int OfferAll(ReadOnlySpan<Subscription> subscriptions, Item item, DrainBatch drains)
    {
        var queued = 0;
        foreach (var subscription in subscriptions)
        {
            if (Offer(subscription, item, drains))
                queued++;
        }

        return queued;
    }

    private int Pace(DeliveryPacer pacer, ReadOnlySpan<Subscription> subscriptions, Item item, DrainBatch drains, out int waiting)
    {
        var queued = 0;
        waiting = 0;
        foreach (var subscription in subscriptions)
        {
            switch (pacer.Admit(subscription, item))
            {
                case PaceDecision.Now when Offer(subscription, item, drains):
                    queued++;
                    break;
                case PaceDecision.Later:
                    waiting++;
                    break;
                case PaceDecision.Drop:
                    _instruments.Dropped(subscription.Mode, DropReason.RateHwm);
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
            if (subscription.Index >= 0 && Offer(subscription, delivery.Item, drains))
                _instruments.Delivered(subscription.Mode, 1);
        }
    }

    private bool Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        var outcome = subscription.Outbound.Offer(subscription, item, drains);
        if (outcome == DeliveryOutcome.Queued)
            return true;
        if (outcome.AsDrop() is { } reason)
            _instruments.Dropped(subscription.Mode, reason);
        return false;
    }
}
