using GripProxy.Origin.Requests;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Holds;

/// <summary>
/// Around a handler that holds: without a GRIP proxy nobody would obey the instruct, so such requests never reach it; and what the handler
/// returns gets the headers that its kind of hold needs. Immutable.
/// </summary>
internal sealed class HoldFilter(HoldKind kind) : IEndpointFilter
{
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(20);

    private HoldMode Mode => kind == HoldKind.LongPoll ? HoldMode.Response : HoldMode.Stream;

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (ProxyRequired.Problem(context.HttpContext) is { } problem)
            return Results.Text(problem, statusCode: StatusCodes.Status501NotImplemented);
        return await next(context) switch
        {
            string { Length: > 0 } channel => Prepare(Mode == HoldMode.Response ? GripInstruct.HoldResponse(channel) : GripInstruct.HoldStream(channel), context.HttpContext.Response),
            GripInstruct instruct => Prepare(instruct, context.HttpContext.Response),
            IResult answer => answer,
            var other => throw new InvalidOperationException(
                $"The handler returned {other?.GetType().Name ?? "null"}; the name of a channel, a GripInstruct, or an IResult that answers at once was expected."),
        };
    }

    private GripInstruct Prepare(GripInstruct instruct, HttpResponse response)
    {
        // No hold is fine for all: an instruct may only change the answer (HTTP-15).
        if (instruct.Mode != Mode && instruct.Mode != HoldMode.None)
        {
            throw new InvalidOperationException(Mode == HoldMode.Response
                ? "The handler of a long-poll returned GripInstruct.HoldStream; HoldResponse was expected."
                : "The handler of a stream returned GripInstruct.HoldResponse; HoldStream was expected.");
        }

        if (response.Headers.CacheControl.Count == 0)
            response.Headers.CacheControl = "no-cache";
        if (kind == HoldKind.Stream)
            response.ContentType ??= "text/plain; charset=utf-8";
        if (kind == HoldKind.ServerSentEvents)
        {
            response.ContentType ??= ServerSentEvent.ContentType;
            if (instruct.KeepAliveBytes is null && instruct.Mode == HoldMode.Stream)
                instruct.KeepAlive(ServerSentEvent.KeepAlive, KeepAliveInterval);
        }

        return instruct;
    }
}
