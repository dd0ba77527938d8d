using System.Diagnostics.Metrics;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Queue.Sqlite;

namespace GripProxy.Plugins.Diagnostics;

/// <summary>What waits, and what the cells take: looked at when somebody asks (plugins.md §11.2). Thread-safe.</summary>
internal sealed class FleetGauges
{
    private readonly PluginFleet _fleet;
    private readonly SqliteEventQueue _queue;
    private readonly LabelBook _labels;
    private readonly TimeProvider _time;

    /// <summary>Adds the gauges.</summary>
    /// <param name="instruments">Owns their meter.</param>
    /// <param name="fleet">What runs.</param>
    /// <param name="queue">What waits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isOpen">False once the queue may be closed: then nothing is told.</param>
    public FleetGauges(PluginInstruments instruments, PluginFleet fleet, SqliteEventQueue queue, TimeProvider time, Func<bool> isOpen)
    {
        _fleet = fleet;
        _queue = queue;
        _labels = instruments.Labels;
        _time = time;
        var meter = instruments.Meter;
        meter.CreateObservableUpDownCounter("gripproxy.queue.events", () => isOpen() ? Waiting() : [], "{event}", "Events that wait, with the work that comes after their chain");
        meter.CreateObservableUpDownCounter("gripproxy.event.queue", () => isOpen() ? Bytes() : [], "By", "Bytes of all that waits in the event queue");
        meter.CreateObservableUpDownCounter("gripproxy.queue.oldest", () => isOpen() ? Oldest() : [], "s", "Age of the oldest event that waits for its chain");
        meter.CreateObservableUpDownCounter("gripproxy.dlq.items", () => isOpen() ? DeadLetters() : [], "{item}", "Dead letters, by the stage in which they died");
        meter.CreateObservableUpDownCounter("gripproxy.cell.rss", () => isOpen() ? Resident() : [], "By", "Memory that the processes of plugins take");
    }

    // Tenants beyond the limit share a label: they are added up.
    private IEnumerable<Measurement<long>> Waiting() => _fleet.Tenants.GroupBy(tenant => _labels.Tenant(tenant.Name), StringComparer.Ordinal)
        .Select(group => new Measurement<long>(group.Sum(tenant => _queue.Usage(tenant.Number).Events), new KeyValuePair<string, object?>("tenant", group.Key)));

    private IEnumerable<Measurement<long>> Bytes() => [new(_queue.Usage(0).Bytes)];

    // Whole seconds: less says nothing here.
    private IEnumerable<Measurement<long>> Oldest()
    {
        var now = _time.GetUtcNow();
        return _fleet.Tenants.GroupBy(tenant => _labels.Tenant(tenant.Name), StringComparer.Ordinal).Select(group => new Measurement<long>(
            group.Max(tenant => _queue.Oldest(tenant.Number) is { } oldest ? Math.Max(0, (long)(now - oldest).TotalSeconds) : 0),
            new KeyValuePair<string, object?>("tenant", group.Key)));
    }

    private IEnumerable<Measurement<long>> DeadLetters()
    {
        var names = _fleet.Tenants.ToDictionary(static tenant => tenant.Number, tenant => _labels.Tenant(tenant.Name));
        return _queue.DeadLetters.Counts().Where(count => names.ContainsKey(count.Tenant))
            .GroupBy(count => (Tenant: names[count.Tenant], count.Stage))
            .Select(group => new Measurement<long>(group.Sum(count => count.Count), new("tenant", group.Key.Tenant), new("stage", group.Key.Stage)));
    }

    private IEnumerable<Measurement<long>> Resident() => _fleet.Tenants
        .Select(tenant => (tenant.Name, Bytes: _fleet.KeeperOf(tenant.Number)?.Running?.Cell.ResidentBytes ?? 0)).Where(static cell => cell.Bytes > 0)
        .GroupBy(cell => _labels.Tenant(cell.Name), StringComparer.Ordinal)
        .Select(group => new Measurement<long>(group.Sum(static cell => cell.Bytes), new KeyValuePair<string, object?>("tenant", group.Key)));
}
