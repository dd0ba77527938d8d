using GripProxy.Channels.Timing;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.SockJs.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Forwarding.SockJs;

/// <summary>Registers SockJS.</summary>
internal static class SockJsServiceCollectionExtensions
{
    /// <summary>Adds what serves SockJS. Needs WebSockets.</summary>
    public static IServiceCollection AddSockJs(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new SockJsSessions(
            provider.GetRequiredService<TimerWheel>(),
            provider.GetRequiredService<ForwardingOptions>().SockJs.MaxSessions,
            provider.GetRequiredService<ForwardingMetrics>()));
        services.TryAddSingleton(static provider => new SockJsIframePage(provider.GetRequiredService<ForwardingOptions>().SockJs.ScriptUrl));
        services.TryAddSingleton<SockJsSessionOpener>();
        services.TryAddSingleton<SockJsRequestHandler>();
        services.TryAddSingleton<SockJsFront>();
        return services;
    }
}
