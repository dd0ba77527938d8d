using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Pipeline;

/// <summary>Turns events that left the chain into items on channels (plugins.md §7.4). Immutable.</summary>
/// <param name="live">The tenant as it is now.</param>
/// <param name="publish">Takes the items.</param>
/// <param name="number">The number of a channel's next item.</param>
/// <param name="learn">Told each event as it leaves the chain.</param>
/// <param name="annotate">False to leave out which plugins an event passed.</param>
internal sealed class EventPublisher(LiveTenant live, Action<IReadOnlyList<Item>> publish, Func<string, ValueTask<long>> number, Action<JsonElement> learn, bool annotate)
{
    /// <summary>Told the name of an install and how many items its routes published.</summary>
    public Action<string, int> Published { get; init; } = static (_, _) => { };

    /// <summary>Publishes the events of a batch in their order.</summary>
    /// <param name="batch">The events.</param>
    /// <param name="mayEnd">Asked of each at last: one that has gone to another node meanwhile is published there, and there only.</param>
    /// <returns>The same events, without those that are gone; one that no item can be made of is a dead letter now.</returns>
    /// <exception cref="StateUnavailableException">Items cannot be numbered now: nothing was published.</exception>
    public async ValueTask<IReadOnlyList<(QueuedEvent Event, EventFate Fate)>> PublishAsync(
        IReadOnlyList<(QueuedEvent Event, EventFate Fate)> batch, Func<QueuedEvent, bool> mayEnd)
    {
        List<(QueuedEvent Event, EventFate Fate, List<Item> Items)> made = [];
        foreach (var (queued, fate) in batch)
        {
            List<Item> own = [];
            made.Add((queued, fate.Event is { } processed ? await TryAddItemsAsync(own, queued, processed, fate) : fate, own));
        }

        made.RemoveAll(one => !mayEnd(one.Event));
        List<Item> items = [.. made.SelectMany(static one => one.Items)];
        if (items.Count > 0)
            publish(items);
        return [.. made.Select(static one => (one.Event, one.Fate))];
    }

    // What a cell gives is JSON, and that is all that is known of it.
    private async ValueTask<EventFate> TryAddItemsAsync(List<Item> items, QueuedEvent queued, ReadOnlyMemory<byte> processed, EventFate fate)
    {
        try
        {
            return fate with { Final = await AddItemsAsync(items, queued, processed, fate) };
        }
        catch (Exception e) when (e is not StateUnavailableException)
        {
            items.Clear();
            return EventFate.Buried(new DeadLetterReason("routing", 0, e.Message));
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> AddItemsAsync(List<Item> items, QueuedEvent queued, ReadOnlyMemory<byte> processed, EventFate fate)
    {
        var tenant = live.Current;
        using var document = CellJson.Parse(processed);
        using var original = CellJson.Parse(queued.Body);
        string[] deferred = [.. fate.Deferred.Select(status => $"{status.Install.Name} ({status.Install.Number})")];
        var published = FinalEvent.Write(document.RootElement, original.RootElement, queued.Received, annotate, deferred);
        using var final = CellJson.Parse(published);
        learn(final.RootElement);
        await AddAsync(items, tenant, tenant.Routes, new RoutedEvent(final.RootElement, tenant.Name, null));
        foreach (var install in fate.Passed.Select(status => status.Install).Where(install => install.Routes.Count > 0))
        {
            var before = items.Count;
            await AddAsync(items, tenant, install.Routes, new RoutedEvent(final.RootElement, tenant.Name, install.Name));
            if (items.Count > before)
                Published(install.Name, items.Count - before);
        }

        return annotate ? published : FinalEvent.Write(document.RootElement, original.RootElement, queued.Received, annotate: true, deferred);
    }

    private async ValueTask AddAsync(List<Item> items, Tenant tenant, IReadOnlyList<ChannelRoute> routes, RoutedEvent routed)
    {
        foreach (var route in routes.Where(route => route.When.Holds(routed)))
        {
            if (ItemBuilder.Build(route, routed, tenant) is not { } item)
                continue;
            // Only what becomes an item has a number: one that is left out would be waited for.
            items.Add(route.IsNumbered ? ItemBuilder.Build(route, routed, tenant, await number(item.Channel))! : item); // As before.
        }
    }
}
