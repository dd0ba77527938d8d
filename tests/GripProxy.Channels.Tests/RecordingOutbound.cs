using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tests;

/// <summary>Takes everything and remembers it.</summary>
internal sealed class RecordingOutbound : IOutbound
{
    public string ConnectionId { get; init; } = "c1";

    public string? RouteId { get; init; }

    public HeldTransport Transport { get; init; } = HeldTransport.Stream;

    public RouteTraffic? Traffic { get; init; }

    /// <summary>What it says to every item.</summary>
    public DeliveryOutcome Answer { get; set; } = DeliveryOutcome.Queued;

    public List<string?> Ids { get; } = [];

    public List<Item> Items { get; } = [];

    public int Updates { get; private set; }

    public int Drains { get; private set; }

    /// <summary>Remembers what is done with it, and with others that have the same list, to let them write.</summary>
    public List<string>? Steps { get; init; }

    /// <summary>Runs at every drain, on its thread.</summary>
    public Action? OnDrain { get; init; }

    /// <summary>Gets a signal at every drain, which then may be on any thread.</summary>
    public CountdownEvent? Drained { get; init; }

    public DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        Ids.Add(item.Id);
        Items.Add(item);
        drains.Add(this);
        return Answer;
    }

    public void Update(Subscription subscription, UpdateCause cause, DrainBatch drains) => Updates++;

    public void Prefetch(int depth) => Steps?.Add($"{ConnectionId}: prefetch {depth}");

    public void Drain()
    {
        Drains++;
        Steps?.Add($"{ConnectionId}: drain");
        OnDrain?.Invoke();
        Drained?.Signal();
    }
}
