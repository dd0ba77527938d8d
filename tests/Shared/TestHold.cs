using GripProxy.Channels.Backplane;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Testing;

/// <summary>A hold that takes everything and lets tests wait for it.</summary>
public sealed class TestHold(SubscriptionTable table, IBackplane backplane) : IOutbound
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly List<Item> _items = [];
    private readonly List<bool> _timed = [];
    private readonly List<(Func<bool> Is, TaskCompletionSource Done)> _waiters = [];
    private int _updates;

    public string ConnectionId => "c";

    public string? RouteId => null;

    public HeldTransport Transport => HeldTransport.Stream;

    public RouteTraffic? Traffic => null;

    public Subscription? Place { get; private set; }

    public string[] Ids
    {
        get
        {
            lock (_items)
                return [.. _items.Select(item => item.Id!)];
        }
    }

    public Item[] Items
    {
        get
        {
            lock (_items)
                return [.. _items];
        }
    }

    /// <summary>Of each item: whether its delivery is timed.</summary>
    public bool[] Timed
    {
        get
        {
            lock (_items)
                return [.. _timed];
        }
    }

    public int Updates
    {
        get
        {
            lock (_items)
                return _updates;
        }
    }

    public async Task JoinAsync(string channel, bool carriesPosition)
    {
        Place = table.Join(this, channel, SubscriptionMode.Stream, prevId: null);
        Place.CarriesPosition = carriesPosition;
        await backplane.JoinAsync(channel);
    }

    public void Leave() => table.Leave(Place!); // It has joined.

    /// <summary>Waits until it has that many items.</summary>
    public Task<string[]> HasAsync(int count) => WaitAsync(() => _items.Count >= count, () => $"{count} items");

    /// <summary>Waits until it has all of them, and maybe others.</summary>
    public Task<string[]> HasAllAsync(IReadOnlyCollection<string> ids) =>
        WaitAsync(() => ids.All(id => _items.Exists(item => item.Id == id)), () => string.Join(',', ids));

    /// <summary>Waits until it was asked to look at its origin.</summary>
    public Task UpdatedAsync(int times = 1) => WaitAsync(() => _updates >= times, () => $"{times} updates");

    public DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        lock (_items)
        {
            _items.Add(item);
            _timed.Add(drains.NextTimed() != 0);
            Look();
        }

        return DeliveryOutcome.Queued;
    }

    public void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
    {
        lock (_items)
        {
            _updates++;
            Look();
        }
    }

    public void Drain()
    {
        // Nobody reads.
    }

    private void Look()
    {
        foreach ((Func<bool> @is, TaskCompletionSource done) in _waiters)
        {
            if (@is())
                done.TrySetResult();
        }
    }

    private async Task<string[]> WaitAsync(Func<bool> condition, Func<string> what)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_items)
        {
            _waiters.Add((condition, done));
            Look();
        }

        try
        {
            await done.Task.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"expected {what()}, have {_updates} updates and {_items.Count} items: {string.Join(',', Ids)}");
        }

        return Ids;
    }
}
