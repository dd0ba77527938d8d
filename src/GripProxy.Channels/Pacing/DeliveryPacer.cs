using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Pacing;

/// <summary>
/// Spends <c>message_rate</c> on deliveries (PUB-32): what a batch allows passes at once, the rest waits and is offered in batches, one
/// delivery of each route id after the other. Exists only where a rate is set. Guarded by its own lock.
/// </summary>
internal sealed partial class DeliveryPacer : IDisposable
{
    // Slower rates send single messages further apart: there is no batch smaller than one.
    private const int BatchMilliseconds = 25;
    private const int SlowestBatchedRate = 1000 / BatchMilliseconds;

    // Credit counts thousandths of a message, because a batch at rate 41 is 1.025 of them.
    private const long One = 1000;

    // A publisher may claim any size for an item: it must not stop everybody for hours.
    private const int MaxSecondsOfOneDelivery = 10;

    private readonly Lock _gate = new();
    private readonly int _rate;
    private readonly int _hwm;
    private readonly long _batch;
    private readonly TimeSpan _interval;
    private readonly DeliveryWeight _weight;
    private readonly Action<PacedDelivery, DrainBatch> _offer;
    private readonly ITimer _timer;
    private readonly ILogger _logger;
    private readonly Dictionary<string, PacedRoute> _routes = new(StringComparer.Ordinal);
    private readonly Queue<PacedRoute> _turns = [];
    private readonly List<PacedDelivery> _due = [];
    private readonly HashSet<string> _warnedFor = new(StringComparer.Ordinal);
    private Item? _warnedOf;
    private long _credit;
    private bool _isTicking;
    private bool _isOffering;

    /// <summary>Makes a pacer with a whole batch to spend.</summary>
    /// <param name="options">With a rate above zero.</param>
    /// <param name="offer">Offers a delivery whose turn has come; called outside the lock.</param>
    /// <param name="time">The clock of the batches.</param>
    /// <param name="logger">Gets the warnings.</param>
    public DeliveryPacer(ChannelsOptions options, Action<PacedDelivery, DrainBatch> offer, TimeProvider time, ILogger logger)
    {
        _rate = options.MessageRate;
        _hwm = options.MessageHwm;
        _batch = Math.Max(One, (long)_rate * BatchMilliseconds);
        _interval = TimeSpan.FromMilliseconds(_rate >= SlowestBatchedRate ? BatchMilliseconds : 1000.0 / _rate);
        _weight = new DeliveryWeight(options.MessageBlockSize);
        _offer = offer;
        _logger = logger;
        _credit = _batch;
        _timer = time.CreateTimer(static pacer => ((DeliveryPacer)pacer!).RunBatch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Says whether a delivery may be offered now, and keeps it if it has to wait. Under the shard lock of the item's channel.</summary>
    public PaceDecision Admit(Subscription subscription, Item item)
    {
        var weight = _weight.Of(item, subscription.Mode);
        lock (_gate)
        {
            if (!_isOffering && _turns.Count == 0 && _credit >= One)
            {
                Spend(weight);
                StartTicking();
                return PaceDecision.Now;
            }

            return Keep(subscription, item, weight) ? PaceDecision.Later : PaceDecision.Drop;
        }
    }

    /// <summary>What waits for the share's subscription counts nothing any more. Under the shard lock of its channel.</summary>
    public void Forget(PacedShare share)
    {
        lock (_gate)
        {
            share.Route.Weight -= share.Weight;
            share.Weight = 0;
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool Keep(Subscription subscription, Item item, int weight)
    {
        var id = subscription.Outbound.RouteId ?? "";
        _routes.TryGetValue(id, out var route);
        if (_hwm > 0 && (route?.Weight ?? 0) + weight > _hwm)
        {
            Warn(id, item);
            return false;
        }

        if (route is null)
        {
            _routes.Add(id, route = new PacedRoute(this, id));
            _turns.Enqueue(route);
        }

        var share = subscription.Paced ??= new PacedShare { Route = route };
        share.Route = route;
        share.Weight += weight;
        route.Weight += weight;
        route.Waiting.Enqueue(new PacedDelivery(subscription, item, weight));
        StartTicking();
        return true;
    }

    /// <summary>Warns once of an item that many connections of a route lose.</summary>
    private void Warn(string id, Item item)
    {
        if (!ReferenceEquals(_warnedOf, item))
            _warnedFor.Clear();
        _warnedOf = item;
        if (!_warnedFor.Add(id))
            return;
        if (id.Length == 0)
            Log.HwmExceeded(_logger, _hwm);
        else
            Log.RouteHwmExceeded(_logger, _hwm, id);
    }

    private void RunBatch()
    {
        lock (_gate)
        {
            // A batch that takes longer than its time delays the next one instead of being overtaken by it.
            if (_isOffering)
                return;
            _credit = Math.Min(_credit, One - 1) + _batch;
            TakeDue();
            if (_due.Count == 0)
            {
                StopTickingWhenIdle();
                return;
            }

            _isOffering = true;
        }

        var drains = new DrainBatch();
        try
        {
            foreach (var delivery in _due)
                _offer(delivery, drains);
        }
        finally
        {
            lock (_gate)
            {
                _due.Clear();
                _isOffering = false;
            }
        }

        drains.Run();
    }

    private void TakeDue()
    {
        while (_credit >= One && _turns.TryDequeue(out var route))
        {
            var delivery = route.Waiting.Dequeue();
            if (route.Waiting.Count > 0)
                _turns.Enqueue(route);
            else
                _routes.Remove(route.Id);

            var share = delivery.Subscription.Paced!; // Whoever waits has one.
            if (share.Weight == 0)
            {
                FollowedItem.TrailOf(delivery.Item)?.Note(delivery.Subscription.Outbound, DeliveryOutcome.Dropped(DropReason.ConnectionClosed));
                continue;
            }

            share.Weight -= delivery.Weight;
            route.Weight -= delivery.Weight;
            Spend(delivery.Weight);
            _due.Add(delivery);
        }
    }

    private void Spend(int weight) => _credit -= Math.Min(weight * One, MaxSecondsOfOneDelivery * One * _rate);

    private void StartTicking()
    {
        if (_isTicking)
            return;
        _isTicking = true;
        _timer.Change(_interval, _interval);
    }

    /// <summary>The first batch after a pause passes at once: only a full credit ends the ticking.</summary>
    private void StopTickingWhenIdle()
    {
        if (_turns.Count > 0 || _credit < _batch)
            return;
        _credit = _batch;
        _isTicking = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
