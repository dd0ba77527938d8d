using System.Text.Encodings.Web;
using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>
/// Lets only requests through that came from our GRIP proxy. Without a proxy nobody obeys an instruct: the client would get an empty answer
/// at once and ask again, as fast as it can. The proxy proves itself by <c>Grip-Sig</c>. Immutable.
/// </summary>
internal sealed class RequireProxy(SampleOriginOptions options) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (request.IsGrip())
            return await next(context);

        var text = $"This address is held open by a GRIP proxy, but the request came without one. Open it through {options.ProxyUrl} instead.";
        return request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? Results.Text(Html(text), "text/html; charset=utf-8", statusCode: StatusCodes.Status501NotImplemented)
            : Results.Text(text + "\n", statusCode: StatusCodes.Status501NotImplemented);
    }

    private string Html(string text) =>
        $"""
        <!doctype html>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Needs a GRIP proxy</title>
        <body style="font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem">
        <h1>Needs a GRIP proxy</h1>
        <p>{HtmlEncoder.Default.Encode(text)}</p>
        <p><a href="{HtmlEncoder.Default.Encode(options.ProxyUrl)}">Go there</a></p>
        """;
}
