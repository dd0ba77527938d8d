using System.Collections.Concurrent;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Events.Followed;

/// <summary>Is told of all events that were accepted here: tells those who follow them, and counts those of each minute (plugins-gameday.md §1, §3). Thread-safe.</summary>
/// <param name="metricsOf">Where the numbers of a tenant are kept, or null: nothing of it runs here.</param>
/// <param name="time">The clock.</param>
internal sealed class AcceptedEvents(Func<Tenant, PluginMetrics?> metricsOf, TimeProvider time)
{
    private readonly ConcurrentDictionary<int, Minute> _minutes = new();
    private readonly Lock _gate = new();
    private EventTap[] _taps = [];

    /// <summary>Events were stored.</summary>
    public void Take(Tenant tenant, IReadOnlyList<QueuedEvent> events)
    {
        _minutes.GetOrAdd(tenant.Number, static _ => new Minute()).Add(events.Count, time.GetUtcNow().ToUnixTimeSeconds() / 60, metricsOf(tenant));
        foreach (var tap in Volatile.Read(ref _taps))
        {
            if (tap.Tenant != tenant.Number)
                continue;
            foreach (var one in events)
                tap.Take(one);
        }
    }

    /// <summary>Follows a tenant's events.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="share">Of so many of its users, from 0 to 1.</param>
    public EventTap Follow(int tenant, double share)
    {
        var tap = new EventTap(tenant, share, Forget);
        lock (_gate)
            _taps = [.. _taps, tap];
        return tap;
    }

    private void Forget(EventTap tap)
    {
        lock (_gate)
            _taps = [.. _taps.Where(other => other != tap)];
    }

    // Guarded by its lock.
    private sealed class Minute
    {
        private readonly Lock _gate = new();
        private long _number;
        private long _count;

        public void Add(int events, long minute, PluginMetrics? metrics)
        {
            lock (_gate)
            {
                if (minute != _number)
                    (_number, _count) = (minute, 0);
                _count += events;
                metrics?.Peak(_count);
            }
        }
    }
}
