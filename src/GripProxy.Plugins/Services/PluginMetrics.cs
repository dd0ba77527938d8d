using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Services;

/// <summary>
/// The metrics that plugins of a tenant keep themselves (plugins-api.md §3.4, plugins.md §11.2): twenty names for each, today and the seven days before.
/// Thread-safe.
/// </summary>
internal sealed class PluginMetrics(string tenant, TimeProvider time)
{
    /// <summary>Days that are kept: today and seven before.</summary>
    public const int Days = 8;

    private const int MostNames = 20;
    private const int LongestName = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Install, string Name), Series> _series = [];

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["metrics.add"] = (install, arguments) => ValueTask.FromResult(
            Add(install.Name, CellJson.Text(arguments, "name"), CellJson.Text(arguments, "kind"), arguments.GetProperty("value").GetDouble())),
    };

    /// <summary>The values of today.</summary>
    public IReadOnlyList<CustomMetric> Today()
    {
        lock (_gate)
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            return
            [
                .. _series.Where(pair => pair.Value.Days.ContainsKey(today))
                    .Select(pair => new CustomMetric(tenant, pair.Key.Install, pair.Key.Name, pair.Value.Kind, pair.Value.Days[today])),
            ];
        }
    }

    /// <summary>The values of an install's metrics by day, the oldest day first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<KeyValuePair<DateOnly, double>>> History(string install)
    {
        lock (_gate)
        {
            var first = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(1 - Days);
            return _series.Where(pair => pair.Key.Install == install).ToDictionary(
                pair => pair.Key.Name,
                IReadOnlyList<KeyValuePair<DateOnly, double>> (pair) => [.. pair.Value.Days.Where(day => day.Key >= first)],
                StringComparer.Ordinal);
        }
    }

    /// <summary>Adds a value to a metric, as its kind says.</summary>
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
            if (!_series.TryGetValue((install, name), out var series))
            {
                if (_series.Keys.Count(key => key.Install == install) >= MostNames)
                    return HostAnswer.Failed("IllegalOperationError", $"a plugin may have {MostNames} metrics");
                _series[(install, name)] = series = new Series(kind);
            }

            if (series.Kind != kind)
                return HostAnswer.Failed("IllegalOperationError", $"the metric '{name}' is of the kind {series.Kind}");
            series.Add(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), value);
            return HostAnswer.Nothing;
        }
    }

    private sealed class Series(string kind)
    {
        public string Kind => kind;

        public SortedDictionary<DateOnly, double> Days { get; } = [];

        public void Add(DateOnly day, double value)
        {
            if (!Days.TryGetValue(day, out var before))
                Days[day] = value;
            else
                Days[day] = kind switch { "sum" => before + value, "max" => Math.Max(before, value), _ => Math.Min(before, value) };
            while (Days.Count > PluginMetrics.Days)
                Days.Remove(Days.Keys.First());
        }
    }
}
