using GripProxy.Redis;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis;

/// <summary>
/// What plugins share, on the first Redis of the cluster (plugins.md §12). Its connection is its own: the packages of plugins are large, and items do not wait
/// behind them.
/// </summary>
public sealed class RedisPluginCluster : PluginCluster
{
    /// <summary>Connects when it is first used.</summary>
    /// <param name="options">Which Redis, and the beginning of its keys.</param>
    /// <param name="time">The clock.</param>
    public RedisPluginCluster(ClusterOptions options, TimeProvider time)
    {
        Prefix = options.Prefix;
        Client = new RedisClient(options.Redis, time);
    }

    /// <summary>Beginning of every key and channel.</summary>
    internal string Prefix { get; }

    /// <summary>The connection.</summary>
    internal RedisClient Client { get; }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => Client.DisposeAsync();
}
