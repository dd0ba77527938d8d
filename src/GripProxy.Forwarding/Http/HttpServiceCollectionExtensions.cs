using GripProxy.Forwarding.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>Registers the way to the origins; the relay's own types stay in this folder.</summary>
internal static class HttpServiceCollectionExtensions
{
    /// <summary>Adds clients, route models and the forwarder over them.</summary>
    public static IServiceCollection AddOriginForwarder(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.TryAddSingleton<ForwardingMetrics>();
        services.TryAddSingleton<OriginClients>();
        services.TryAddSingleton<RouteModels>();
        services.TryAddSingleton<RepeatGate>();
        services.TryAddSingleton(static provider => new OriginForwarder(
            provider.GetRequiredService<IHttpForwarder>(),
            provider.GetRequiredService<RepeatGate>(),
            provider.GetRequiredService<ForwardingOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OriginForwarder>>()));
        return services;
    }
}
