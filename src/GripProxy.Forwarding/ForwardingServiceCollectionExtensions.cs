using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Routing;
using GripProxy.Holds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding;

/// <summary>Registers forwarding.</summary>
public static class ForwardingServiceCollectionExtensions
{
    /// <summary>Adds <see cref="RequestForwarder"/> and the <see cref="RouteStore"/> that it asks. Needs <c>AddGripHolds</c> and logging.</summary>
    public static IServiceCollection AddGripForwarding(this IServiceCollection services, ForwardingOptions options, RoutingOptions routing)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton(routing);
        services.TryAddSingleton<RouteStore>();
        services.AddOriginForwarder();
        services.TryAddSingleton<RouteFinder>();
        services.TryAddSingleton(static provider => new RequestForwarder(
            provider.GetRequiredService<RouteFinder>(),
            provider.GetRequiredService<OriginForwarder>(),
            provider.GetRequiredService<HoldKeeper>(),
            provider.GetRequiredService<RouteModels>(),
            provider.GetRequiredService<ForwardingOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
