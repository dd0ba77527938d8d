using System.Diagnostics.CodeAnalysis;
using GripProxy.Origin.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GripProxy.Origin;

/// <summary>Maps WebSockets that a GRIP proxy brings as ordinary HTTP requests (WOH-01).</summary>
public static class GripWebSocketEndpoints
{
    /// <summary>
    /// Answers WebSockets on an address by a handler that is called once for each request of the proxy, whose route must have the option
    /// <c>over_http</c>. Requests without a <c>Grip-Sig</c> that the keys given to <see cref="GripServiceCollectionExtensions.AddGrip"/>
    /// verify are refused with 403, others that cannot be read with 400, 413 or 415.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="pattern">Route pattern of the address.</param>
    /// <param name="handler">
    /// Takes a <see cref="GripWebSocket"/>, and whatever else a handler of <c>MapPost</c> can take: services, route values, the request, a
    /// cancellation token. A result that it returns is the answer instead of what it did with the WebSocket. What it throws becomes a 500,
    /// for which the proxy ends the connection.
    /// </param>
    /// <exception cref="ArgumentException">The handler takes no <see cref="GripWebSocket"/>.</exception>
    [RequiresUnreferencedCode("Handlers of any shape are bound by reflection, as those of MapPost are.")]
    [RequiresDynamicCode("Handlers of any shape are bound by reflection, as those of MapPost are.")]
    public static RouteHandlerBuilder MapGripWebSocket(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(handler);
        if (handler.Method.GetParameters().Count(parameter => parameter.ParameterType == typeof(GripWebSocket)) != 1)
            throw new ArgumentException("The handler must take one GripWebSocket.", nameof(handler));
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<GripOptions>>().Value;
        return endpoints.MapPost(pattern, handler).AddEndpointFilter(new WebSocketFilter(options.WebSocketRequestLimit));
    }
}
