using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Plugins.Services;

/// <summary>
/// <c>posthog.api</c> without a host (plugins-api.md §3.9): asks this proxy's admin API, which takes the plugin for somebody with a token of its tenant. No
/// connection is made. Thread-safe.
/// </summary>
/// <param name="tenant">Number of the tenant.</param>
/// <param name="api">The API; not asked for before plugins run.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnApi(int tenant, Func<AdminRouter> api, TimeProvider time)
{
    private static readonly Uri Base = new("http://gripproxy.invalid/");
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal) { ["posthog.api"] = AskAsync };

    private async ValueTask<HostAnswer> AskAsync(Install install, JsonElement arguments)
    {
        var url = new Uri(Base, CellJson.Text(arguments, "path"));
        using var limit = new CancellationTokenSource(Longest, time);
        using var body = new MemoryStream();
        var context = Context(CellJson.Text(arguments, "method"), url, limit.Token);
        foreach (var field in arguments.GetProperty("headers").EnumerateArray())
            context.Request.Headers.Append(field[0].GetString() ?? "", field[1].GetString());
        if (CellJson.Find(arguments, "body") is { ValueKind: JsonValueKind.String } text)
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(text.GetString() ?? ""));
        context.Response.Body = body;
        var router = api();
        if (router.Serves(url.AbsolutePath))
            await AskAsync(router, context, install);
        else
            await AdminProblem.NotFound("nothing is at this path").WriteAsync(context);
        // What has no end, as logs that are followed, gets none.
        return PluginFetch.Write(limit.IsCancellationRequested
            ? EgressResult.Failed(EgressProblem.TimedOut, "ETIMEDOUT", $"request to {url.AbsolutePath} was given up")
            : EgressResult.Of(Answer(context.Response, url, body.ToArray())));
    }

    // A token of the plugin's own, if it has one, counts as it does for everybody.
    private Task AskAsync(AdminRouter router, HttpContext context, Install install) => context.Request.Headers.Authorization.Count > 0
        ? router.HandleAsync(context)
        : router.HandleAsync(context, new AdminCaller($"plugin {install.Name}", tenant));

    private static DefaultHttpContext Context(string method, Uri url, CancellationToken aborted)
    {
        var context = new DefaultHttpContext();
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        request.Method = method;
        request.Path = url.AbsolutePath;
        request.QueryString = url.Query;
        request.RawTarget = url.PathAndQuery;
        context.RequestAborted = aborted;
        return context;
    }

    private static EgressAnswer Answer(HttpResponse response, Uri url, byte[] body) => new()
    {
        Status = response.StatusCode,
        Reason = "",
        Url = url,
        Redirected = false,
        Headers = [.. response.Headers.Select(field => new HeaderField(field.Key.ToLowerInvariant(), field.Value.ToString()))],
        Body = body,
    };
}
