using GripProxy.Channels.Backplane;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Nodes;
using GripProxy.Redis.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Redis;

/// <summary>Registers the cluster.</summary>
public static class RedisServiceCollectionExtensions
{
    /// <summary>Puts backplane and logs on Redis. Before <c>AddGripChannels</c>, which adds those of a node that is alone. Needs logging.</summary>
    public static IServiceCollection AddGripRedis(this IServiceCollection services, ClusterOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<RedisBackplane>();
        services.TryAddSingleton<IBackplane>(static provider => provider.GetRequiredService<RedisBackplane>());
        services.TryAddSingleton<IChannelLog, RedisChannelLog>();
        services.TryAddSingleton<INodeDirectory, RedisNodeDirectory>();
        return services;
    }
}
