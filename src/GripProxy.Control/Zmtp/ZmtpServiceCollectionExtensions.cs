using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Zmtp.Commands;
using GripProxy.Control.Zmtp.Doors;
using GripProxy.Control.Zmtp.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp;

/// <summary>Registers the ZeroMQ doors.</summary>
internal static class ZmtpServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ZmtpDoors"/>, which need the holds besides, and <see cref="StatsSocket"/>.</summary>
    public static IServiceCollection AddZmtpDoors(this IServiceCollection services)
    {
        services.TryAddSingleton<ZmtpMetrics>();
        services.TryAddSingleton(provider => new ZmtpContext(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ZmtpMetrics>(),
            provider.GetRequiredService<ILogger<ZmtpDoors>>()));
        services.TryAddSingleton<MessageDecoder>();
        services.TryAddSingleton<PublishDoor>();
        services.TryAddSingleton<CommandDoor>();
        services.TryAddSingleton(provider => new StatsSocket(provider.GetRequiredService<ZmtpContext>()));
        services.TryAddSingleton(provider => new ZmtpDoors(
            provider.GetRequiredService<ControlOptions>(),
            provider.GetRequiredService<SubscriptionTable>(),
            provider.GetRequiredService<PublishDoor>(),
            provider.GetRequiredService<CommandDoor>(),
            provider.GetRequiredService<StatsSocket>(),
            provider.GetRequiredService<ZmtpContext>()));
        return services;
    }
}
