using GripProxy.Forwarding.HandOver;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Links;
using GripProxy.Forwarding.Logging;
using GripProxy.Forwarding.Messages;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Routing;
using GripProxy.Forwarding.Sharing;
using GripProxy.Forwarding.SockJs;
using GripProxy.Forwarding.Traffic;
using GripProxy.Forwarding.WebSockets;
using GripProxy.Forwarding.WebSockets.OverHttp;
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
        services.TryAddSingleton<ClientRequestReader>();
        services.TryAddSingleton<RequestLog>();
        services.TryAddSingleton<ClientTraffic>();
        services.TryAddSingleton<RequestSharing>();
        services.TryAddSingleton<LinkSharing>();
        services.TryAddSingleton<LinkServices>();
        services.TryAddSingleton<RequestHolder>();
        services.AddWebSockets();
        services.AddSockJs();
        services.TryAddSingleton<ForwarderParts>();
        services.TryAddSingleton(static provider => new RequestForwarder(
            provider.GetRequiredService<ForwarderParts>(), provider.GetRequiredService<ILogger<RequestForwarder>>()));
        services.TryAddSingleton(static provider => new MessageClients(
            provider.GetRequiredService<ForwarderParts>(), provider.GetRequiredService<OverHttpDialer>()));
        return services;
    }
}
