using GripProxy.Origin.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin;

/// <summary>Lets only requests through that came from a GRIP proxy of ours, which proves itself by <c>Grip-Sig</c> (HTTP-03).</summary>
public static class GripSigExtensions
{
    /// <summary>
    /// For applications that nobody but the proxy may ask: every request behind this middleware without a valid <c>Grip-Sig</c> is refused
    /// with 403 and a text that says why. The keys are those given to <see cref="GripServiceCollectionExtensions.AddGrip"/>.
    /// </summary>
    public static IApplicationBuilder UseGripSig(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.Use((context, next) => ProxyRequired.Problem(context) is { } problem ? RefuseAsync(context.Response, problem) : next(context));
    }

    /// <summary>For one endpoint or a group of them: other requests are answered 501 and with a text that says why, as GRIP libraries do.</summary>
    public static TBuilder RequireGrip<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddEndpointFilter(new RequireGripFilter());
    }

    private static Task RefuseAsync(HttpResponse response, string problem)
    {
        response.StatusCode = StatusCodes.Status403Forbidden;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(problem, response.HttpContext.RequestAborted);
    }
}
