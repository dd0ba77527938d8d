using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace GripProxy.OriginSample;

/// <summary>The page at <c>/</c>: static files that travel in the assembly.</summary>
internal static class DemoPage
{
    public static void Use(WebApplication app)
    {
        var files = new EmbeddedFileProvider(typeof(DemoPage).Assembly, "GripProxy.OriginSample.Page");
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, OnPrepareResponse = context => Protect(context.Context.Response) });
    }

    private static void Protect(HttpResponse response)
    {
        // Everything the page needs comes from here, so nothing else may run in it, whatever a message says.
        response.Headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        response.Headers.CacheControl = "no-cache";
    }
}
