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
    /// <summary>The handler, for requests that know the address of their client. Their own they never tell: finding it out is a call of the system.</summary>
    public static RequestDelegate Before(RequestDelegate handler) => context =>
    {
        if (context.Features.Get<IConnectionHandOver>() is HttpLayer { Connection: { } connection })
        {
            var remote = connection.RemoteEndPoint as IPEndPoint;
            (context.Connection.RemoteIpAddress, context.Connection.RemotePort) = (remote?.Address, remote?.Port ?? 0);
        }

        return handler(context);
    };
}
