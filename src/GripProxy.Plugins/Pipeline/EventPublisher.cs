using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Pipeline;

/// <summary>Turns events that left the chain into items on channels (plugins.md §7.4). Immutable.</summary>
/// <param name="live">The tenant as it is now.</param>
/// <param name="publish">Takes the items.</param>
/// <param name="number">The number of a channel's next item.</param>
/// <param name="learn">Told each event as it leaves the chain.</param>
/// <param name="annotate">False to leave out which plugins an event passed.</param>
internal sealed class EventPublisher(LiveTenant live, Action<IReadOnlyList<Item>> publish, Func<string, long> number, Action<JsonElement> learn, bool annotate)
{
    /// <summary>Told the name of an install and how many items its routes published.</summary>
    public Action<string, int> Published { get; init; } = static (_, _) => { };

    /// <summary>Publishes the events of a batch in their order.</summary>
    /// <returns>The same events; one that no item can be made of is a dead letter now.</returns>
    public IReadOnlyList<(QueuedEvent Event, EventFate Fate)> Publish(IReadOnlyList<(QueuedEvent Event, EventFate Fate)> batch)
    {
        List<Item> items = [];
        List<(QueuedEvent, EventFate)> results = [];
        foreach (var (queued, fate) in batch)
            results.Add((queued, fate.Event is { } processed ? TryAddItems(items, queued, processed, fate) : fate));
        if (items.Count > 0)
            publish(items);
        return results;
    }

    // What a cell gives is JSON, and that is all that is known of it.
    private EventFate TryAddItems(List<Item> items, QueuedEvent queued, ReadOnlyMemory<byte> processed, EventFate fate)
    {
        List<Item> own = [];
        try
        {
            var final = AddItems(own, queued, processed, fate);
            items.AddRange(own);
            return fate with { Final = final };
        }
        catch (Exception e)
        {
            return EventFate.Buried(new DeadLetterReason("routing", 0, e.Message));
        }
    }

    private ReadOnlyMemory<byte> AddItems(List<Item> items, QueuedEvent queued, ReadOnlyMemory<byte> processed, EventFate fate)
    {
        var tenant = live.Current;
        using var document = CellJson.Parse(processed);
        using var original = CellJson.Parse(queued.Body);
        string[] deferred = [.. fate.Deferred.Select(status => $"{status.Install.Name} ({status.Install.Number})")];
        var published = FinalEvent.Write(document.RootElement, original.RootElement, queued.Received, annotate, deferred);
        using var final = CellJson.Parse(published);
        learn(final.RootElement);
        Add(items, tenant, tenant.Routes, new RoutedEvent(final.RootElement, tenant.Name, null));
        foreach (var install in fate.Passed.Select(status => status.Install).Where(install => install.Routes.Count > 0))
        {
            var before = items.Count;
            Add(items, tenant, install.Routes, new RoutedEvent(final.RootElement, tenant.Name, install.Name));
            if (items.Count > before)
                Published(install.Name, items.Count - before);
        }

        return annotate ? published : FinalEvent.Write(document.RootElement, original.RootElement, queued.Received, annotate: true, deferred);
    }

    private void Add(List<Item> items, Tenant tenant, IReadOnlyList<ChannelRoute> routes, RoutedEvent routed)
    {
        foreach (var route in routes.Where(route => route.When.Holds(routed)))
        {
            if (ItemBuilder.Build(route, routed, tenant, number) is { } item)
                items.Add(item);
        }
    }
}
