using System.Diagnostics.Metrics;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Targets;

namespace GripProxy.Plugins.Diagnostics;

/// <summary>What the plugin part counts (plugins.md §11.2). Thread-safe.</summary>
internal sealed class PluginInstruments
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GripProxy.Plugins";

    // Seconds: most plugins take microseconds, and a call may take 30 s.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Counter<long> _targetItems;
    private readonly Counter<long> _fetches;
    private readonly Counter<long> _published;
    private readonly Counter<long> _droppedNames;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _ingested;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _restarts;
    private readonly Histogram<double> _seconds;
    private readonly Histogram<double> _pipeline;

    /// <summary>Makes the instruments; <paramref name="meters"/> owns their meter.</summary>
    public PluginInstruments(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _targetItems = Meter.CreateCounter<long>("gripproxy.plugin.target.items", "{item}", "Items for other GRIP proxies, by what became of them");
        _fetches = Meter.CreateCounter<long>("gripproxy.fetch", "{request}", "Requests of plugins to the outside, by outcome");
        _published = Meter.CreateCounter<long>("gripproxy.plugin.published", "{item}", "Items that plugins and their routes published");
        _ingested = Meter.CreateCounter<long>("gripproxy.ingest.events", "{event}", "Events that senders brought, by what became of them");
        _calls = Meter.CreateCounter<long>("gripproxy.plugin.calls", "{call}", "Calls of plugins, by method and outcome");
        _droppedNames = Meter.CreateCounter<long>("gripproxy.ingest.names.dropped", "{name}", "Members of events that were left out because their names reach prototypes");
        _skipped = Meter.CreateCounter<long>("gripproxy.plugin.schedules.skipped", "{run}", "Runs of plugins by the clock that did not begin because the run before was still going");
        _dropped = Meter.CreateCounter<long>("gripproxy.plugin.dropped", "{event}", "Events that a plugin dropped");
        _restarts = Meter.CreateCounter<long>("gripproxy.cell.restarts", "{process}", "Processes of plugins that ended by themselves or were killed");
        _seconds = Meter.CreateHistogram("gripproxy.plugin", "s", "Time that calls of plugins took", tags: null, Buckets);
        _pipeline = Meter.CreateHistogram("gripproxy.pipeline", "s", "Time from the acceptance of an event until it is published", tags: null, Buckets);
        Meter.CreateObservableUpDownCounter("gripproxy.plugin.custom", MeasureCustom, "{value}", "Metrics of plugins: their values of today (UTC)");
    }

    /// <summary>The meter, for who measures only when somebody asks.</summary>
    public Meter Meter { get; }

    /// <summary>The plugins' own metrics, which are looked at when somebody asks.</summary>
    public Func<IEnumerable<CustomMetric>> Custom { private get; set; } = static () => [];

    /// <summary>The labels, which are few.</summary>
    public LabelBook Labels { get; } = new();

    /// <summary>Items for another proxy.</summary>
    public void TargetItems(string target, TargetOutcome outcome, int count) =>
        _targetItems.Add(count, new("target", target), new("result", outcome.ToString().ToLowerInvariant()));

    /// <summary>A request of a plugin has ended.</summary>
    public void Fetched(string tenant, string install, string result) =>
        _fetches.Add(1, new("tenant", Labels.Tenant(tenant)), new("install", Labels.Install(tenant, install)), new("result", result));

    /// <summary>Items were published for a tenant.</summary>
    public void Published(string tenant, int count) => _published.Add(count, new KeyValuePair<string, object?>("tenant", Labels.Tenant(tenant)));

    /// <summary>Events came in.</summary>
    /// <param name="tenant">Whose, or empty: nobody's.</param>
    /// <param name="result">What became of them: a word of a closed set.</param>
    /// <param name="count">How many.</param>
    public void Ingested(string tenant, string result, int count)
    {
        if (count > 0)
            _ingested.Add(count, new("tenant", tenant.Length == 0 ? "" : Labels.Tenant(tenant)), new("result", result));
    }

    /// <summary>A function of a plugin was called.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="install">The plugin.</param>
    /// <param name="method">What was called: a word of a closed set.</param>
    /// <param name="result">How it ended: likewise.</param>
    public void Called(string tenant, string install, string method, string result) => _calls.Add(
        1, new("tenant", Labels.Tenant(tenant)), new("install", Labels.Install(tenant, install)), new("method", method), new("result", result));

    /// <summary>A call of a plugin has ended.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="install">The plugin.</param>
    /// <param name="method">What was called: a word of a closed set.</param>
    /// <param name="took">How long it took.</param>
    public void Took(string tenant, string install, string method, TimeSpan took) =>
        _seconds.Record(took.TotalSeconds, new("tenant", Labels.Tenant(tenant)), new("install", Labels.Install(tenant, install)), new("method", method));

    /// <summary>A plugin dropped an event.</summary>
    public void Dropped(string tenant, string install) =>
        _dropped.Add(1, new("tenant", Labels.Tenant(tenant)), new("install", Labels.Install(tenant, install)));

    /// <summary>A process ended without being asked to.</summary>
    public void Restarted(WorkerEnd reason) => _restarts.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString().ToLowerInvariant()));

    /// <summary>An event was published.</summary>
    /// <param name="since">Time since it was accepted.</param>
    public void Finished(TimeSpan since) => _pipeline.Record(Math.Max(0, since.TotalSeconds));

    /// <summary>Members of a tenant's events were left out for their names.</summary>
    public void NamesDropped(string tenant, int count) => _droppedNames.Add(count, new KeyValuePair<string, object?>("tenant", Labels.Tenant(tenant)));

    /// <summary>A run by the clock was skipped.</summary>
    public void ScheduleSkipped(string tenant, string install) =>
        _skipped.Add(1, new("tenant", Labels.Tenant(tenant)), new("install", Labels.Install(tenant, install)));

    private IEnumerable<Measurement<double>> MeasureCustom() => Custom().Select(metric => new Measurement<double>(
        metric.Value,
        new("tenant", Labels.Tenant(metric.Tenant)),
        new("install", Labels.Install(metric.Tenant, metric.Install)),
        new("name", metric.Name),
        new("kind", metric.Kind)));
}
