using System.Text.Json.Nodes;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Answers the ingest listener: event paths as PostHog's clients use them (plugins-http.md §3.1). Thread-safe.</summary>
internal sealed class IngestHandler(EventIntake intake, TenantDirectory tenants, EventsOptions options)
{
    private static readonly string[] EventPaths = ["/capture", "/e", "/batch", "/track", "/i/v0/e", "/engage", "/s"];
    private static readonly string[] GetPaths = ["/e", "/capture", "/track"];
    private static readonly string[] FlagPaths = ["/decide", "/flags"];

    private readonly ClientAddress _address = new(options.TrustedProxies);

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value is { Length: > 1 } given ? given.TrimEnd('/') : "/";
        if (FlagPaths.Contains(path, StringComparer.Ordinal))
            await FlagsAsync(context);
        else if (EventPaths.Contains(path, StringComparer.Ordinal))
            await EventsAsync(context, path);
        else
            await IngestReply.WriteAsync(context, new EventProblem(404, "not_found", "there is nothing here"));
    }

    private async Task EventsAsync(HttpContext context, string path)
    {
        AllowOrigin(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var mayGet = GetPaths.Contains(path, StringComparer.Ordinal);
        if (!HttpMethods.IsPost(context.Request.Method) && !(mayGet && HttpMethods.IsGet(context.Request.Method)))
        {
            context.Response.Headers.Allow = mayGet ? "GET, POST, OPTIONS" : "POST, OPTIONS";
            await IngestReply.WriteAsync(context, new EventProblem(405, "method_not_allowed", "send events with POST"));
            return;
        }

        var (json, problem) = await EventBody.ReadAsync(context.Request, options.MaxBody);
        if (json is null)
        {
            await IngestReply.WriteAsync(context, problem!); // One of the two is there.
            return;
        }

        using var batch = EventBatch.Open(json, out problem);
        if (batch is null)
            await IngestReply.WriteAsync(context, problem!);
        else
            await TakeAsync(context, path, batch);
    }

    private async Task TakeAsync(HttpContext context, string path, EventBatch batch)
    {
        if ((batch.Key ?? KeyOf(context.Request)) is not { } key)
        {
            await IngestReply.WriteAsync(context, new EventProblem(401, "missing_key", "the request names no key: put it into api_key"));
            return;
        }

        if (tenants.ByKey(key) is not { } tenant)
        {
            await IngestReply.WriteAsync(context, new EventProblem(401, "invalid_key", "the key is not known"));
            return;
        }

        var (refused, problem) = await intake.TakeAsync(batch, tenant, _address.Of(context));
        var percent = intake.PercentFull(tenant);
        if (percent >= EventIntake.WarnPercent)
            context.Response.Headers["X-Queue-Usage"] = $"{percent}%";
        if (problem is not null)
        {
            await IngestReply.WriteAsync(context, problem);
            return;
        }

        JsonObject answer = new() { ["status"] = path == "/i/v0/e" ? "Ok" : 1 };
        if (refused.Count > 0)
            answer["rejected"] = new JsonArray([.. refused.Select(one => Rejected(one))]);
        await IngestReply.WriteAsync(context, StatusCodes.Status200OK, answer);
    }

    private static JsonObject Rejected(EventProblem problem)
    {
        var one = IngestReply.Details(problem);
        one["error"] = problem.Message;
        one["code"] = problem.Code;
        return one;
    }

    private static Task FlagsAsync(HttpContext context)
    {
        AllowOrigin(context);
        return IngestReply.WriteAsync(context, StatusCodes.Status200OK, new JsonObject
        {
            ["featureFlags"] = new JsonObject(),
            ["config"] = new JsonObject { ["enable_collect_everything"] = true },
            ["supportedCompression"] = new JsonArray("gzip", "gzip-js"),
            ["sessionRecording"] = false,
            ["isAuthenticated"] = false,
        });
    }

    private static string? KeyOf(HttpRequest request)
    {
        foreach (var name in (string[])["api_key", "token"])
        {
            if (request.Query[name].ToString() is { Length: > 0 } key)
                return key;
        }

        const string Bearer = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        return request.Headers["X-Api-Key"].ToString() is { Length: > 0 } header ? header : null;
    }

    private static void AllowOrigin(HttpContext context)
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
