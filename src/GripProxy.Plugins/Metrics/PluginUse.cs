using System.Collections.Concurrent;

namespace GripProxy.Plugins.Metrics;

/// <summary>What the plugins of a tenant did: by day, and in the last minute and hour (plugins.md §11.2, PLG-25). Thread-safe.</summary>
/// <param name="metrics">Where it is kept by day.</param>
/// <param name="time">The clock.</param>
internal sealed class PluginUse(PluginMetrics metrics, TimeProvider time)
{
    /// <summary>Begins the names of counts of calls: <c>calls/METHOD/RESULT</c>.</summary>
    public const string CallsName = "calls/";

    /// <summary>Begins the names of times: <c>seconds/METHOD</c>.</summary>
    public const string SecondsName = "seconds/";

    /// <summary>Name of the count of events that it dropped.</summary>
    public const string DroppedName = "dropped";

    /// <summary>Name of the count of items that it and its routes published.</summary>
    public const string PublishedName = "published";

    private readonly ConcurrentDictionary<string, RecentUse> _recent = new(StringComparer.Ordinal);

    /// <summary>The numbers by day.</summary>
    public PluginMetrics Metrics => metrics;

    /// <summary>Calls have ended.</summary>
    /// <param name="install">Name of the install.</param>
    /// <param name="method">What was called: a word of a closed set.</param>
    /// <param name="result">How it ended: likewise.</param>
    /// <param name="count">How many.</param>
    public void Called(string install, string method, string result, int count = 1)
    {
        metrics.Add(install, $"{CallsName}{method}/{result}", count);
        var isError = result is not ("ok" or DroppedName);
        Recent(install).Add(new UseTotals(count, isError ? count : 0, 0, 0, 0));
    }

    /// <summary>Calls took time.</summary>
    public void Took(string install, string method, TimeSpan took)
    {
        metrics.Add(install, SecondsName + method, took.TotalSeconds);
        Recent(install).Add(new UseTotals(0, 0, 0, 0, took.TotalSeconds));
    }

    /// <summary>It dropped events.</summary>
    public void Dropped(string install, int count)
    {
        metrics.Add(install, DroppedName, count);
        Recent(install).Add(new UseTotals(0, 0, count, 0, 0));
    }

    /// <summary>It or its routes published items.</summary>
    public void Published(string install, int count)
    {
        metrics.Add(install, PublishedName, count);
        Recent(install).Add(new UseTotals(0, 0, 0, count, 0));
    }

    /// <summary>What it did in the last minute.</summary>
    public UseTotals Minute(string install) => _recent.GetValueOrDefault(install)?.Minute ?? default;

    /// <summary>What it did in the last hour.</summary>
    public UseTotals Hour(string install) => _recent.GetValueOrDefault(install)?.Hour ?? default;

    /// <summary>Forgets all of an install.</summary>
    public void Forget(string install)
    {
        _recent.TryRemove(install, out _);
        metrics.Forget(install);
    }

    private RecentUse Recent(string install) => _recent.GetOrAdd(install, static (_, time) => new RecentUse(time), time);
}
