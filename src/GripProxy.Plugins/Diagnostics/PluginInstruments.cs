using System.Diagnostics.Metrics;
using GripProxy.Plugins.Targets;

namespace GripProxy.Plugins.Diagnostics;

/// <summary>What the plugin part counts (plugins.md §11.2). Thread-safe.</summary>
internal sealed class PluginInstruments
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GripProxy.Plugins";

    private readonly LabelBook _labels = new();
    private readonly Counter<long> _targetItems;
    private readonly Counter<long> _fetches;
    private readonly Counter<long> _published;
    private readonly Counter<long> _droppedNames;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _skipped;
    private readonly Meter _meter;

    /// <summary>Makes the instruments; <paramref name="meters"/> owns their meter.</summary>
    public PluginInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _targetItems = _meter.CreateCounter<long>("gripproxy.plugin.target.items", "{item}", "Items for other GRIP proxies, by what became of them");
        _fetches = _meter.CreateCounter<long>("gripproxy.fetch", "{request}", "Requests of plugins to the outside, by outcome");
        _published = _meter.CreateCounter<long>("gripproxy.plugin.published", "{item}", "Items that plugins and their routes published");
        _droppedNames = _meter.CreateCounter<long>("gripproxy.ingest.names.dropped", "{name}", "Members of events that were left out because their names reach prototypes");
        _calls = _meter.CreateCounter<long>("gripproxy.plugin.calls", "{call}", "Calls of plugins beside the chain: after events, by the clock, and jobs");
        _skipped = _meter.CreateCounter<long>("gripproxy.plugin.schedules.skipped", "{run}", "Runs of plugins by the clock that did not begin because the run before was still going");
    }

    /// <summary>Items for another proxy.</summary>
    public void TargetItems(string target, TargetOutcome outcome, int count) =>
        _targetItems.Add(count, new("target", target), new("result", outcome.ToString().ToLowerInvariant()));

    /// <summary>A request of a plugin has ended.</summary>
    public void Fetched(string tenant, string install, string result) =>
        _fetches.Add(1, new("tenant", _labels.Tenant(tenant)), new("install", _labels.Install(tenant, install)), new("result", result));

    /// <summary>Items were published for a tenant.</summary>
    public void Published(string tenant, int count) => _published.Add(count, new KeyValuePair<string, object?>("tenant", _labels.Tenant(tenant)));

    /// <summary>Members of a tenant's events were left out for their names.</summary>
    public void NamesDropped(string tenant, int count) => _droppedNames.Add(count, new KeyValuePair<string, object?>("tenant", _labels.Tenant(tenant)));

    /// <summary>A function of a plugin was called beside the chain.</summary>
    public void Called(string tenant, string install, string method, string result) => _calls.Add(
        1, new("tenant", _labels.Tenant(tenant)), new("install", _labels.Install(tenant, install)), new("method", method), new("result", result));

    /// <summary>A run by the clock was skipped.</summary>
    public void ScheduleSkipped(string tenant, string install) =>
        _skipped.Add(1, new("tenant", _labels.Tenant(tenant)), new("install", _labels.Install(tenant, install)));

    /// <summary>Adds the plugins' own metrics, which are looked at when somebody asks.</summary>
    public void Watch(Func<IEnumerable<CustomMetric>> metrics) => _meter.CreateObservableUpDownCounter(
        "gripproxy.plugin.custom",
        () => metrics().Select(metric => new Measurement<double>(
            metric.Value,
            new("tenant", _labels.Tenant(metric.Tenant)),
            new("install", _labels.Install(metric.Tenant, metric.Install)),
            new("name", metric.Name),
            new("kind", metric.Kind))),
        "{value}",
        "Metrics of plugins: their values of today (UTC)");
}
