using GripProxy.Channels.Backplane;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Channels;

/// <summary>Registers the channels.</summary>
public static class ChannelsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the subscription table, the publish pipeline, its traces, the traffic book, the timer wheel, and log and backplane of a node that is alone, unless
    /// there are others. Needs logging; <see cref="StateInstruments"/> needs the holds.
    /// </summary>
    public static IServiceCollection AddGripChannels(this IServiceCollection services, ChannelsOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.AddMetrics();
        services.TryAddSingleton<DeliveryInstruments>();
        services.TryAddSingleton<StateInstruments>();
        services.TryAddSingleton<TimerWheel>();
        services.TryAddSingleton<SubscriptionTable>();
        services.TryAddSingleton<TraceLog>();
        services.TryAddSingleton<TrafficBook>();
        services.TryAddSingleton<LiveConnections>();
        services.TryAddSingleton<MemoryChannelLog>();
        services.TryAddSingleton<IChannelLog>(static provider => provider.GetRequiredService<MemoryChannelLog>());
        services.TryAddSingleton<IBackplane, LocalBackplane>();
        services.TryAddSingleton<PublishPipeline>();
        return services;
    }
}
