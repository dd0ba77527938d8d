using System.Collections.Concurrent;
using GripProxy.Plugins.Tenants;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Metrics;

/// <summary>
/// The numbers about all plugins, kept over restarts: what changed is written every few seconds and at the end, so a crash costs the last seconds
/// (plugins.md §11.2, PLG-25). Thread-safe. Owned by the shared services.
/// </summary>
internal sealed partial class MetricsKeeper : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<int, PluginUse> _tenants = new();
    private readonly Lock _writing = new();
    private readonly MetricsFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private bool _disposed;

    /// <summary>Opens the file.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public MetricsKeeper(string path, TimeProvider time, ILogger<MetricsKeeper> logger)
    {
        _file = new MetricsFile(path);
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static self => ((MetricsKeeper)self!).Write(), this, Interval, Interval);
    }

    /// <summary>The plugins' own values of today, of all tenants.</summary>
    public IEnumerable<CustomMetric> OwnOfToday => _tenants.Values.SelectMany(use => use.Metrics.OwnOfToday());

    /// <summary>The numbers of a tenant, those of before included; asked for by one caller at a time.</summary>
    /// <exception cref="SqliteException">Those of before cannot be read.</exception>
    public PluginUse For(Tenant tenant)
    {
        if (!_tenants.TryGetValue(tenant.Number, out var use))
        {
            use = new PluginUse(new PluginMetrics(tenant.Name, _time), _time);
            use.Metrics.Fill(_file.Read(tenant.Number));
            _tenants[tenant.Number] = use;
        }

        use.Metrics.Tenant = tenant.Name;
        return use;
    }

    /// <summary>The numbers of a tenant, or null: nothing of the tenant ran here.</summary>
    public PluginUse? Find(int tenant) => _tenants.GetValueOrDefault(tenant);

    /// <summary>Forgets all of an install; null: of the tenant.</summary>
    /// <exception cref="SqliteException">What is kept cannot be removed.</exception>
    public void Forget(int tenant, string? install)
    {
        // Nothing that was taken before is written after it.
        lock (_writing)
        {
            if (install is null)
                _tenants.TryRemove(tenant, out _);
            else
                Find(tenant)?.Forget(install);
            _file.Remove(tenant, install);
        }
    }

    /// <summary>Writes what has changed, and closes the file.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_writing)
        {
            if (_disposed)
                return;
            Write();
            _disposed = true;
            _file.Dispose();
        }
    }

    private void Write()
    {
        lock (_writing)
        {
            var changed = _tenants.Select(static one => (one.Key, one.Value.Metrics, Values: one.Value.Metrics.TakeChanged())).Where(static one => one.Values.Count > 0).ToList();
            if (_disposed || changed.Count == 0)
                return;
            try
            {
                _file.Write(changed.SelectMany(static one => one.Values.Select(value => (one.Key, value))), changed[0].Metrics.FirstDay);
            }
            catch (SqliteException e)
            {
                changed.ForEach(static one => one.Metrics.PutBack(one.Values));
                Log.NotKept(_logger, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7720, LogLevel.Error, "the metrics of plugins could not be kept; it is tried again", EventName = "PluginMetricsNotKept")]
        public static partial void NotKept(ILogger logger, Exception exception);
    }
}
