using System.Diagnostics.CodeAnalysis;
using GripProxy.Origin.Holds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GripProxy.Origin;

/// <summary>
/// Maps addresses whose clients a GRIP proxy holds. A handler takes whatever a handler of <c>MapGet</c> can take, and returns the name of a
/// channel, or a <see cref="GripInstruct"/> that says more, or an <see cref="IResult"/> that answers at once, without a hold. Requests that did
/// not come through a proxy known by <see cref="GripServiceCollectionExtensions.AddGrip"/> are answered 501: nobody would hold them.
/// </summary>
public static class GripHoldEndpoints
{
    private const string Reason = "Handlers of any shape are bound by reflection, as those of MapGet are.";

    /// <summary>Long-polls (HTTP-24) on one channel: the next item published there is the answer, an empty one the answer after 55 s.</summary>
    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    public static RouteHandlerBuilder MapGripLongPoll(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, string channel) =>
        Map(endpoints, pattern, channel, HoldKind.LongPoll);

    /// <summary>Long-polls (HTTP-24) by a handler. What it returns as <see cref="GripInstruct"/> is one of <see cref="GripInstruct.HoldResponse"/>.</summary>
    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    public static RouteHandlerBuilder MapGripLongPoll(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Delegate handler) =>
        Map(endpoints, pattern, handler, HoldKind.LongPoll);

    /// <summary>Streams (HTTP-27) of one channel: every item published there is written to each client, as <c>text/plain</c>.</summary>
    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    public static RouteHandlerBuilder MapGripStream(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, string channel) =>
        Map(endpoints, pattern, channel, HoldKind.Stream);

    /// <summary>Streams (HTTP-27) by a handler. The type is <c>text/plain</c> unless the handler sets another on the response.</summary>
    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    public static RouteHandlerBuilder MapGripStream(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Delegate handler) =>
        Map(endpoints, pattern, handler, HoldKind.Stream);

    /// <summary>
    /// Server-sent events of one channel, as a browser's <c>EventSource</c> reads them, with a keep-alive every 20 s. Publish with
    /// <see cref="GripItem.WithServerSentEvent"/>.
    /// </summary>
    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    public static RouteHandlerBuilder MapServerSentEvents(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, string channel) =>
        Map(endpoints, pattern, channel, HoldKind.ServerSentEvents);

    /// <summary>
    /// Server-sent events by a handler, with a keep-alive every 20 s unless the handler sets another. Events that the client gets at once are
    /// the <see cref="GripInstruct.Body"/>, written with <see cref="ServerSentEvent.Write"/>.
    /// </summary>
    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    public static RouteHandlerBuilder MapServerSentEvents(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Delegate handler) =>
        Map(endpoints, pattern, handler, HoldKind.ServerSentEvents);

    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    private static RouteHandlerBuilder Map(IEndpointRouteBuilder endpoints, string pattern, string channel, HoldKind kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        return Map(endpoints, pattern, () => channel, kind);
    }

    [RequiresUnreferencedCode(Reason)]
    [RequiresDynamicCode(Reason)]
    private static RouteHandlerBuilder Map(IEndpointRouteBuilder endpoints, string pattern, Delegate handler, HoldKind kind)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(handler);
        return endpoints.MapGet(pattern, handler).AddEndpointFilter(new HoldFilter(kind));
    }
}
