using System.Net;
using GripProxy.Forwarding.HandOver;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Tells a request where it came from. HTTP asks its connection once, when it begins, and a layer has none to name then, so that nobody is ever
/// taken for the client before. Stateless.
/// </summary>
internal static class LayerAddresses
{
    /// <summary>The handler, for requests that know the addresses of their connection.</summary>
    public static RequestDelegate Before(RequestDelegate handler) => context =>
    {
        if (context.Features.Get<IConnectionHandOver>() is HttpLayer { Connection: { } connection })
            Set(context.Connection, connection.RemoteEndPoint as IPEndPoint, connection.LocalEndPoint as IPEndPoint);
        return handler(context);
    };

    private static void Set(ConnectionInfo info, IPEndPoint? remote, IPEndPoint? local)
    {
        (info.RemoteIpAddress, info.RemotePort) = (remote?.Address, remote?.Port ?? 0);
        (info.LocalIpAddress, info.LocalPort) = (local?.Address, local?.Port ?? 0);
    }
}
