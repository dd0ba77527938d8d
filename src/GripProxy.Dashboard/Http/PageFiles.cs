using Microsoft.AspNetCore.Http;

namespace GripProxy.Dashboard.Http;

/// <summary>The files of the page, which are parts of this assembly. Immutable.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";

    private readonly Dictionary<string, byte[]> _files;

    private PageFiles(Dictionary<string, byte[]> files) => _files = files;

    /// <summary>False: it was built without npm, so there is only a page that says so.</summary>
    public bool IsComplete => _files.ContainsKey("app.js");

    /// <summary>Reads them.</summary>
    public static PageFiles Load()
    {
        var assembly = typeof(PageFiles).Assembly;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var content = assembly.GetManifestResourceStream(name)!; // It was listed.
            var bytes = new byte[content.Length];
            content.ReadExactly(bytes);
            files.Add(name[Prefix.Length..], bytes);
        }

        return new PageFiles(files);
    }

    /// <summary>Answers with the file, or that there is none.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var name = request.Path.Value is null or "/" or "" ? "index.html" : request.Path.Value[1..];
        if (name == "index.html" && !IsComplete)
            name = "missing.html";
        if (!_files.TryGetValue(name, out var content))
            return DashboardProblem.NotFound.WriteAsync(context.Response);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return DashboardProblem.MethodNotAllowed.WriteAsync(context.Response);
        context.Response.ContentType = TypeOf(name);
        context.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        _ => "text/html; charset=utf-8",
    };
}
