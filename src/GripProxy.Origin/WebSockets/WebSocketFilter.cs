using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.WebSockets;

/// <summary>
/// Around a handler: reads the request into its <see cref="GripWebSocket"/> before, and answers with what it wants after. A request that is
/// not our proxy's never reaches the handler. Immutable.
/// </summary>
internal sealed class WebSocketFilter(int requestLimit) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var reading = await WebSocketRequestReader.ReadAsync(http.Request, requestLimit, http.RequestAborted);
        if (!reading.IsUsable)
            return Results.Text(reading.Error + "\n", statusCode: reading.Status);

        var socket = context.Arguments.OfType<GripWebSocket>().Single(); // the mapping has seen to it
        socket.Fill(reading.Request);
        var result = await next(context);
        return result is IResult own and not Microsoft.AspNetCore.Http.HttpResults.EmptyHttpResult ? own : socket.Reply.ToResult(reading.Request);
    }
}
