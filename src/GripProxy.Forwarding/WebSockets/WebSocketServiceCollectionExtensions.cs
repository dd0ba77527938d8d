using GripProxy.Forwarding.WebSockets.Native;
using GripProxy.Forwarding.WebSockets.OverHttp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>Registers the way of WebSockets.</summary>
internal static class WebSocketServiceCollectionExtensions
{
    /// <summary>Adds the handler of handshakes and the dialers it uses.</summary>
    public static IServiceCollection AddWebSockets(this IServiceCollection services)
    {
        services.TryAddSingleton<NativeDialer>();
        services.TryAddSingleton<OverHttpDialer>();
        services.TryAddSingleton(static provider => new WebSocketOpener(
            provider.GetRequiredService<NativeDialer>(), provider.GetRequiredService<OverHttpDialer>()));
        services.TryAddSingleton<WebSocketHolder>();
        services.TryAddSingleton<ClientFarewell>();
        services.TryAddSingleton<WebSocketRequestHandler>();
        return services;
    }
}
