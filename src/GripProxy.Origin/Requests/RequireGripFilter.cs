using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Requests;

/// <summary>Lets only requests of our GRIP proxy through to an endpoint. Stateless.</summary>
internal sealed class RequireGripFilter : IEndpointFilter
{
    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        ProxyRequired.Problem(context.HttpContext) is { } problem
            ? ValueTask.FromResult<object?>(Results.Text(problem, statusCode: StatusCodes.Status501NotImplemented))
            : next(context);
}
