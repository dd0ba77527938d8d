using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>
/// Opens what the plugins of a node keep: where its cluster has it, or in the data folder (plugins.md §10, §12). The caller disposes of what it gets. Stateless.
/// </summary>
internal static class PluginStores
{
    /// <summary>Opens the state document. Without a key in the configuration there is one in the data folder, made now if need be.</summary>
    /// <exception cref="StateUnavailableException">The cluster's cannot be read, or not under this key.</exception>
    public static async Task<IPluginStateStore> OpenStateAsync(HostParts parts)
    {
        var options = parts.Options;
        if (parts.Cluster is not null)
            return await parts.Cluster.OpenStateAsync(new SecretBox(options.SecretKey), parts.Loggers);
        var key = options.SecretKey.Length > 0 ? options.SecretKey : SecretKeyFile.ReadOrMake(InData(parts, "secret.key"));
        return new SqliteStateStore(InData(parts, "state.db"), new SecretBox(key));
    }

    /// <summary>Opens what waits.</summary>
    public static IWorkStore OpenQueue(HostParts parts)
    {
        var options = parts.Options;
        var limits = new QueueLimits(options.QueueEvents, options.QueueBytes, options.DeadLetters, options.DeadLetterDays);
        return parts.Cluster?.OpenWork(parts.Node, options.Data, limits, parts.Loggers)
            ?? new SqliteEventQueue(InData(parts, "events.db"), options.QueueFullSync, limits, parts.Time, parts.Loggers.CreateLogger<SqliteEventQueue>());
    }

    /// <summary>Opens the long runs; after what waits.</summary>
    public static IRunStore OpenRuns(HostParts parts) =>
        parts.Cluster?.OpenRuns(parts.Node) ?? new SqliteRunStore(new RunDatabase(InData(parts, "runs.db")), parts.Time);

    /// <summary>Opens what plugins log, which each node keeps for itself.</summary>
    public static LogBook OpenLogs(HostParts parts) => new(InData(parts, "logs.db"), parts.Node, parts.Time, parts.Loggers.CreateLogger<LogBook>());

    private static string InData(HostParts parts, string file) => Path.Combine(parts.Options.Data, file);
}
