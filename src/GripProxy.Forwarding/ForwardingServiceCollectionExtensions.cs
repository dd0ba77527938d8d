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
    /// <summary>
    /// Adds <see cref="RequestForwarder"/>. Needs <c>AddGripHolds</c>, a <see cref="RouteStore"/> and logging.
    /// </summary>
    public static IServiceCollection AddGripForwarding(this IServiceCollection services, ForwardingOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.AddOriginForwarder();
        services.TryAddSingleton(static provider => new RequestForwarder(
            new RouteFinder(
                provider.GetRequiredService<RouteStore>(),
                provider.GetRequiredService<RouteModels>(),
                provider.GetRequiredService<ForwardingOptions>()),
            provider.GetRequiredService<OriginForwarder>(),
            provider.GetRequiredService<HoldKeeper>(),
            provider.GetRequiredService<RouteModels>(),
            provider.GetRequiredService<ForwardingOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
