using System.Diagnostics.Metrics;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Diagnostics;

/// <summary>What waits, and what the cells take: looked at when somebody asks (plugins.md §11.2). Thread-safe.</summary>
/// <param name="fleet">What runs.</param>
/// <param name="queue">What waits.</param>
/// <param name="labels">The labels, which are few.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetGauges(PluginFleet fleet, IWorkStore queue, LabelBook labels, TimeProvider time)
{
    /// <summary>Adds the gauges to a meter, which keeps them.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="isOpen">False once the queue may be closed: then nothing is told.</param>
    public void AddTo(Meter meter, Func<bool> isOpen)
    {
        meter.CreateObservableUpDownCounter("gripproxy.queue.events", () => isOpen() ? Waiting() : [], "{event}", "Events that wait, with the work that comes after their chain");
        meter.CreateObservableUpDownCounter("gripproxy.event.queue", () => isOpen() ? Bytes() : [], "By", "Bytes of all that waits in the event queue");
        meter.CreateObservableUpDownCounter("gripproxy.queue.oldest", () => isOpen() ? Oldest() : [], "s", "Age of the oldest event that waits for its chain");
        meter.CreateObservableUpDownCounter("gripproxy.dlq.items", () => isOpen() ? DeadLetters() : [], "{item}", "Dead letters, by the stage in which they died");
        meter.CreateObservableUpDownCounter("gripproxy.cell.rss", () => isOpen() ? Resident() : [], "By", "Memory that the processes of plugins take");
        meter.CreateObservableUpDownCounter("gripproxy.cell.running", () => isOpen() ? Running() : [], "{cell}", "Processes of plugins that run");
    }

    // Tenants beyond the limit share a label: they are added up.
    private IEnumerable<Measurement<long>> Waiting() => fleet.Tenants.GroupBy(tenant => labels.Tenant(tenant.Name), StringComparer.Ordinal)
        .Select(group => new Measurement<long>(group.Sum(tenant => queue.Usage(tenant.Number).Events), new KeyValuePair<string, object?>("tenant", group.Key)));

    private IEnumerable<Measurement<long>> Bytes() => [new(queue.Usage(0).Bytes)];

    // Whole seconds: less says nothing here.
    private IEnumerable<Measurement<long>> Oldest()
    {
        var now = time.GetUtcNow();
        return fleet.Tenants.GroupBy(tenant => labels.Tenant(tenant.Name), StringComparer.Ordinal).Select(group => new Measurement<long>(
            group.Max(tenant => queue.Oldest(tenant.Number) is { } oldest ? Math.Max(0, (long)(now - oldest).TotalSeconds) : 0),
            new KeyValuePair<string, object?>("tenant", group.Key)));
    }

    private IEnumerable<Measurement<long>> DeadLetters()
    {
        var names = fleet.Tenants.ToDictionary(static tenant => tenant.Number, tenant => labels.Tenant(tenant.Name));
        return queue.DeadLetters.Counts().Where(count => names.ContainsKey(count.Tenant))
            .GroupBy(count => (Tenant: names[count.Tenant], count.Stage))
            .Select(group => new Measurement<long>(group.Sum(count => count.Count), new("tenant", group.Key.Tenant), new("stage", group.Key.Stage)));
    }

    private IEnumerable<Measurement<long>> Resident() => fleet.Tenants
        .Select(tenant => (tenant.Name, Bytes: BytesOf(fleet.KeeperOf(tenant.Number)) + BytesOf(fleet.WorkOf(tenant.Number)?.Runs?.Keeper))).Where(static cell => cell.Bytes > 0)
        .GroupBy(cell => labels.Tenant(cell.Name), StringComparer.Ordinal)
        .Select(group => new Measurement<long>(group.Sum(static cell => cell.Bytes), new KeyValuePair<string, object?>("tenant", group.Key)));

    private IEnumerable<Measurement<long>> Running() => fleet.Tenants
        .Select(tenant => (tenant.Name, Count: CellsOf(fleet.KeeperOf(tenant.Number)) + CellsOf(fleet.WorkOf(tenant.Number)?.Runs?.Keeper))).Where(static tenant => tenant.Count > 0)
        .GroupBy(tenant => labels.Tenant(tenant.Name), StringComparer.Ordinal)
        .Select(group => new Measurement<long>(group.Sum(static tenant => tenant.Count), new KeyValuePair<string, object?>("tenant", group.Key)));

    private static long CellsOf(CellKeeper? keeper) => keeper?.Slots.Count(static slot => slot.Running is not null) ?? 0;

    private static long BytesOf(CellKeeper? keeper) => keeper?.Slots.Sum(static slot => slot.Running?.Cell.Use?.ResidentBytes ?? 0) ?? 0;
}
