using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Lets pages of any origin use the ingest listener (plugins-http.md §3.1). Stateless.</summary>
internal static class CrossOrigin
{
    /// <summary>Writes the headers of the answer.</summary>
    public static void Allow(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin)
            return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method))
            return;
        headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "3600";
    }
}
