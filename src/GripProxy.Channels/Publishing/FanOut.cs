using System.Runtime.InteropServices;
using GripProxy.Channels.Backplane;
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

    /// <summary>Offers the item to those of <paramref name="scope"/>. Whoever has to write afterwards stands in <paramref name="drains"/>.</summary>
    public void Deliver(ChannelState? channel, Item item, FanOutScope scope, DrainBatch drains)
    {
        var trail = FollowedItem.TrailOf(item);
        var span = DeliverySpans.Begin(item, trail);
        trail?.Matched(channel?.SubscriberCount ?? 0);
        var reach = default(Reach);
        if (channel is not null)
        {
            if (item.Position is { } position)
                channel.BeginOffer(position, item);
            reach += Tell(item, SubscriptionMode.Response, Deliver(channel, SubscriptionMode.Response, scope, item.HttpResponse is not null, item, trail, drains));
            reach += Tell(item, SubscriptionMode.Stream, Deliver(channel, SubscriptionMode.Stream, scope, item.HttpStream is not null, item, trail, drains));
            // GRIP: to the stats of Pushpin both are WebSockets (SIG-01).
            var messages = Deliver(channel, SubscriptionMode.WebSocket, scope, item.WebSocketMessage is not null, item, trail, drains);
            messages += Deliver(channel, SubscriptionMode.SignalR, scope, MessageForm.IsIn(item), item, trail, drains);
            reach += Tell(item, SubscriptionMode.WebSocket, messages);
        }

        DeliverySpans.End(span, reach.Receivers, reach.Filtered);
        if (item.Channel.StartsWith(OwnChannels.Live, StringComparison.Ordinal))
            Log.PublishedLive(_logger, item.Channel, reach.Receivers);
        else if (reach.Filtered == 0)
            Log.Published(_logger, item.Channel, reach.Receivers);
        else
            Log.PublishedFiltered(_logger, item.Channel, reach.Receivers, reach.Filtered);
    }

    /// <summary>Blocks of the item's largest form (PUB-33), or 0.</summary>
    public int BlocksOf(Item item) => _weight.LargestOf(item);

    public void Dispose() => _pacer?.Dispose();

    private static ReadOnlySpan<Subscription> ScopeOf(ChannelState channel, SubscriptionMode mode, FanOutScope scope)
    {
        var all = channel.Subscribers(mode);
        if (scope == FanOutScope.All)
            return all;

        // Only while the backplane is away.
        var some = new List<Subscription>();
        foreach (var subscription in all)
        {
            if (subscription.CarriesPosition == (scope == FanOutScope.WithPosition))
                some.Add(subscription);
        }

        return CollectionsMarshal.AsSpan(some);
    }

    private Reach Deliver(
        ChannelState channel, SubscriptionMode mode, FanOutScope scope, bool hasFormat, Item item, ItemTrail? trail, DrainBatch drains)
    {
        // Who is there for a format that the item has not is not even looked at: of many channels the list would come from far away.
        if (!hasFormat)
        {
            if (trail is not null)
                TellNoFormat(ScopeOf(channel, mode, scope), trail);
            return default;
        }

        var subscriptions = ScopeOf(channel, mode, scope);
        var waiting = 0;
        var blocks = _weight.BlocksOf(item, mode);
        var tally = new DeliveryTally(_instruments, blocks);
        if (_pacer is null)
            OfferAll(subscriptions, item, trail, drains, ref tally);
        else
            waiting = Pace(_pacer, subscriptions, item, trail, drains, ref tally);
        tally.EndRun();
        return new Reach(tally.Total + waiting, tally.Filtered);
    }

    private Reach Tell(Item item, SubscriptionMode mode, Reach reach)
    {
        if (reach.Receivers > 0)
            _instruments.Tell(item, mode, reach.Receivers, _weight.BlocksOf(item, mode == SubscriptionMode.WebSocket ? SubscriptionMode.SignalR : mode));
        return reach;
    }

    private static void TellNoFormat(ReadOnlySpan<Subscription> subscriptions, ItemTrail trail)
    {
        foreach (var subscription in subscriptions)
            trail.Offered(subscription.Outbound, DeliveryOutcome.NoFormat);
    }

    private void OfferAll(
        ReadOnlySpan<Subscription> subscriptions, Item item, ItemTrail? trail, DrainBatch drains, ref DeliveryTally tally)
    {
        foreach (var subscription in subscriptions)
        {
            OfferNow(subscription, item, trail, drains, ref tally);
        }
    }

    private void OfferNow(Subscription subscription, Item item, ItemTrail? trail, DrainBatch drains, ref DeliveryTally tally)
    {
        switch (Offer(subscription, item, trail, drains))
        {
            case DeliveryKind.Queued:
                tally.Add(subscription);
                break;
            case DeliveryKind.Filtered:
                tally.AddFiltered();
                break;
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
                case PaceDecision.Now:
                    OfferNow(subscription, item, trail, drains, ref tally);
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
            if (subscription.Index >= 0 && Offer(subscription, delivery.Item, FollowedItem.TrailOf(delivery.Item), drains) == DeliveryKind.Queued)
                _instruments.Delivered(subscription.Traffic, subscription.Transport, 1, _weight.BlocksOf(delivery.Item, subscription.Mode));
        }
    }

    private DeliveryKind Offer(Subscription subscription, Item item, ItemTrail? trail, DrainBatch drains)
    {
        var outcome = subscription.Outbound.Offer(subscription, item, drains);
        Tell(subscription, outcome, trail);
        return outcome.Kind;
    }

    private void Tell(Subscription subscription, DeliveryOutcome outcome, ItemTrail? trail)
    {
        trail?.Offered(subscription.Outbound, outcome);
        if (outcome.Drop is { } reason)
            _instruments.Dropped(subscription.Transport, reason);
    }

    /// <summary>How far an item got.</summary>
    /// <param name="Receivers">Connections that have it or will be offered it.</param>
    /// <param name="Filtered">Subscriptions whose filters dropped it at once.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Reach(int Receivers, int Filtered)
    {
        public static Reach operator +(Reach one, Reach other) => new(one.Receivers + other.Receivers, one.Filtered + other.Filtered);
    }
}
