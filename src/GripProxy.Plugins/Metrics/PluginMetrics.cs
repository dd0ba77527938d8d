using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Services;

namespace GripProxy.Plugins.Metrics;

/// <summary>
/// Numbers about the plugins of a tenant by day (UTC), today and the seven days before: those that plugins keep themselves (plugins-api.md §3.4), twenty names
/// for each, and those that the host counts (plugins.md §11.2). Thread-safe.
/// </summary>
internal sealed class PluginMetrics(string tenant, TimeProvider time)
{
    /// <summary>Days that are kept: today and seven before.</summary>
    public const int Days = 8;

    /// <summary>The kind of what the host counts.</summary>
    public const string Count = "count";

    // Of the tenant itself, whom no install is named after.
    private const string OfTenant = "";
    private const string PeakName = "events_in_a_minute";

    private const int MostNames = 20;
    private const int LongestName = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Install, string Name, bool IsOwn), Series> _series = [];

    /// <summary>Name of the tenant.</summary>
    public string Tenant { get; set; } = tenant;

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["metrics.add"] = (install, arguments) => ValueTask.FromResult(
            Add(install.Name, CellJson.Text(arguments, "name"), CellJson.Text(arguments, "kind"), arguments.GetProperty("value").GetDouble())),
    };

    /// <summary>The first day that counts now.</summary>
    public DateOnly FirstDay => Today.AddDays(1 - Days);

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>The plugins' own values of today.</summary>
    public IReadOnlyList<CustomMetric> OwnOfToday()
    {
        lock (_gate)
        {
            var today = Today;
            return
            [
                .. _series.Where(pair => pair.Key.IsOwn && pair.Value.Days.ContainsKey(today))
                    .Select(pair => new CustomMetric(Tenant, pair.Key.Install, pair.Key.Name, pair.Value.Kind, pair.Value.Days[today])),
            ];
        }
    }

    /// <summary>All values of an install that count now, the oldest day first.</summary>
    public IReadOnlyList<DailyValue> Of(string install)
    {
        lock (_gate)
        {
            var first = FirstDay;
            return
            [
                .. _series.Where(pair => pair.Key.Install == install)
                    .SelectMany(pair => pair.Value.Days.Where(day => day.Key >= first).Select(day => new DailyValue(install, pair.Key.Name, pair.Value.Kind, day.Key, day.Value)))
                    .OrderBy(value => value.Day).ThenBy(value => value.Name, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Adds a value to a metric of a plugin's own, as its kind says.</summary>
    /// <param name="install">Whose.</param>
    /// <param name="name">Its name.</param>
    /// <param name="kind"><c>sum</c>, <c>max</c> or <c>min</c>; the first one given stays.</param>
    /// <param name="value">The value.</param>
    public HostAnswer Add(string install, string name, string kind, double value)
    {
        if (kind is not ("sum" or "max" or "min") || !double.IsFinite(value) || name.Length is 0 or > LongestName)
            return HostAnswer.Failed("IllegalOperationError", $"'{name}' is no metric that could be kept");
        lock (_gate)
        {
            if (!_series.TryGetValue((install, name, true), out var series))
            {
                ForgetPast();
                if (_series.Keys.Count(key => key.IsOwn && key.Install == install) >= MostNames)
                    return HostAnswer.Failed("IllegalOperationError", $"a plugin may have {MostNames} metrics");
                _series[(install, name, true)] = series = new Series(kind);
            }

            if (series.Kind != kind)
                return HostAnswer.Failed("IllegalOperationError", $"the metric '{name}' is of the kind {series.Kind}");
            series.Add(Today, value);
            return HostAnswer.Nothing;
        }
    }

    /// <summary>So many events of the tenant came in a minute; the most of each day is kept.</summary>
    public void Peak(long events)
    {
        lock (_gate)
        {
            if (!_series.TryGetValue((OfTenant, PeakName, false), out var series))
                _series[(OfTenant, PeakName, false)] = series = new Series("max");
            series.Add(Today, events);
        }
    }

    /// <summary>The most events that came in a minute of each day.</summary>
    public IReadOnlyList<DailyValue> Peaks() => Of(OfTenant);

    /// <summary>Adds to what the host counts of an install; the names are the host's, so they are few.</summary>
    public void Add(string install, string name, double value)
    {
        lock (_gate)
        {
            if (!_series.TryGetValue((install, name, false), out var series))
                _series[(install, name, false)] = series = new Series(Count);
            series.Add(Today, value);
        }
    }

    /// <summary>Takes values that were kept before.</summary>
    public void Fill(IEnumerable<DailyValue> values)
    {
        lock (_gate)
        {
            foreach (var value in values.Where(value => value.Day >= FirstDay))
            {
                var key = (value.Install, value.Name, IsOwn(value));
                if (!_series.TryGetValue(key, out var series))
                    _series[key] = series = new Series(value.Kind);
                series.Days[value.Day] = value.Value;
            }
        }
    }

    /// <summary>What has changed since the last time; it is kept from now on.</summary>
    public IReadOnlyList<DailyValue> TakeChanged()
    {
        lock (_gate)
        {
            List<DailyValue> changed = [];
            foreach (var ((install, name, _), series) in _series)
            {
                changed.AddRange(series.Changed.Where(series.Days.ContainsKey).Select(day => new DailyValue(install, name, series.Kind, day, series.Days[day])));
                series.Changed.Clear();
            }

            return changed;
        }
    }

    /// <summary>What could not be kept is to be taken again.</summary>
    public void PutBack(IEnumerable<DailyValue> changed)
    {
        lock (_gate)
        {
            foreach (var value in changed)
                _series.GetValueOrDefault((value.Install, value.Name, IsOwn(value)))?.Changed.Add(value.Day);
        }
    }

    /// <summary>Forgets all of an install.</summary>
    public void Forget(string install)
    {
        lock (_gate)
        {
            foreach (var key in _series.Keys.Where(key => key.Install == install).ToList())
                _series.Remove(key);
        }
    }

    private static bool IsOwn(DailyValue value) => value.Kind != Count && value.Install.Length > 0;

    // Under the lock. A name that was not used for so long makes room for another.
    private void ForgetPast()
    {
        var first = FirstDay;
        foreach (var (key, series) in _series.ToList())
        {
            if (series.Days.Keys.All(day => day < first))
                _series.Remove(key);
        }
    }

    private sealed class Series(string kind)
    {
        public string Kind => kind;

        public SortedDictionary<DateOnly, double> Days { get; } = [];

        public HashSet<DateOnly> Changed { get; } = [];

        public void Add(DateOnly day, double value)
        {
            if (!Days.TryGetValue(day, out var before))
                Days[day] = value;
            else
                Days[day] = kind switch { "max" => Math.Max(before, value), "min" => Math.Min(before, value), _ => before + value };
            Changed.Add(day);
            while (Days.Count > PluginMetrics.Days)
                Days.Remove(Days.Keys.First());
        }
    }
}
