using System.Globalization;
using System.Text.Json;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Plugins.Direct;

/// <summary>Runs functions of plugins for whoever asks by HTTP and may (PLG-41, plugins-http.md §4.10). Thread-safe.</summary>
/// <param name="tenants">The tenants and their ingest keys.</param>
/// <param name="tokens">Whose a token is, or null.</param>
/// <param name="workOf">The plugins of a tenant, or null: nothing of it runs here.</param>
/// <param name="limit">Time that a function may take.</param>
internal sealed class FunctionDoor(TenantDirectory tenants, Func<string, AdminCaller?> tokens, Func<int, TenantWork?> workOf, TimeSpan limit)
{
    private const string Prefix = "/v1/functions/";
    private const int MostBytes = 4 * 1024 * 1024;
    private const int LaterSeconds = 1;

    /// <summary>True if requests of a path are answered here.</summary>
    public static bool Answers(string path) => path.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Answers a request of the ingest listener.</summary>
    public Task HandleIngestAsync(HttpContext context)
    {
        CrossOrigin.Allow(context);
        if (!HttpMethods.IsOptions(context.Request.Method))
            return HandleAsync(context, IngestReply.WriteAsync);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Answers a request of the control port.</summary>
    public Task HandleControlAsync(HttpContext context) => HandleAsync(context, static (context, problem) =>
    {
        if (problem.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return AdminProblem.Answer(problem.Status, problem.Code, "The function was not run", problem.Message, IngestReply.Details(problem)).WriteAsync(context);
    });

    private async Task HandleAsync(HttpContext context, Func<HttpContext, EventProblem, Task> refuse)
    {
        try
        {
            var (answer, problem) = await AnswerAsync(context.Request);
            if (problem is not null)
            {
                if (problem.Status == StatusCodes.Status413PayloadTooLarge)
                    context.Response.Headers.Connection = "close";
                if (problem.Status == StatusCodes.Status405MethodNotAllowed)
                    context.Response.Headers.Allow = "POST, OPTIONS";
                await refuse(context, problem);
                return;
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.WriteAsync(answer);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private async Task<(ReadOnlyMemory<byte> Answer, EventProblem? Problem)> AnswerAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method))
            return (default, new EventProblem(405, "method_not_allowed", "functions are called with POST"));
        if (WhoAsks(request, out var problem) is not { } caller)
            return (default, problem);
        string[] path = [.. PathOf(request)[Prefix.Length..].TrimEnd('/').Split('/').Select(Uri.UnescapeDataString)];
        var install = path.Length == 2 ? caller.Tenant.FindInstall(path[0]) : null;
        if (caller.ByKey && install is not { FunctionsPublic: true })
            return (default, new EventProblem(403, "not_covered", "an ingest key opens functions only where the plugin says functions_public; expected a token"));
        var (payload, unread) = await ReadAsync(request);
        if (unread is not null)
            return (default, unread);
        if (install is null || workOf(caller.Tenant.Number)?.Direct is not { } calls)
            return (default, NotFound);
        var answer = await calls.CallAsync(install.Number, DirectCalls.FunctionOf(path[1]), limit, payload);
        return (answer.Value, ProblemOf(answer, caller.ByKey));
    }

    private static EventProblem NotFound => new(404, "not_found", "there is no such function");

    private static string PathOf(HttpRequest request)
    {
        // Split before it is decoded: a %2F is part of a name.
        var raw = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        // Written in another way it is no path of a function, whatever it comes to.
        return raw.IndexOf(Prefix, StringComparison.Ordinal) is >= 0 and var start ? raw[start..] : Prefix;
    }

    private EventProblem? ProblemOf(DirectAnswer answer, bool byKey) => answer.Outcome switch
    {
        DirectOutcome.Done when answer.Value.Length > MostBytes =>
            new EventProblem(422, "plugin_error", $"the result has {answer.Value.Length} bytes; {MostBytes >> 20} MiB are allowed"),
        DirectOutcome.Done => null,
        DirectOutcome.Unknown => NotFound,
        // Who has a key may be anybody: where the code stands is nothing for them.
        DirectOutcome.Threw => new EventProblem(422, "plugin_error", $"{answer.Error!.Name}: {answer.Error.Message}") { Stack = byKey ? null : answer.Error.Stack }, // There is one.
        DirectOutcome.TimedOut => new EventProblem(504, "timeout", $"the function did not answer within {limit.TotalSeconds:0.###} s"),
        DirectOutcome.Busy => new EventProblem(503, "busy", "as many functions run as may") { RetryAfter = LaterSeconds },
        _ => new EventProblem(503, "no_cell", "the plugin starts, or its process ended; try again") { RetryAfter = LaterSeconds },
    };

    private (Tenant Tenant, bool ByKey)? WhoAsks(HttpRequest request, out EventProblem? problem)
    {
        problem = null;
        if (RequestKey.Of(request) is not { } key)
            problem = new EventProblem(401, "missing_key", "the request has no token: put it into the header Authorization: Bearer");
        else if (tokens(key) is { } caller)
            return TenantOf(caller, request, out problem) is { } tenant ? (tenant, false) : null;
        else if (tenants.ByKey(key) is not { } owner)
            problem = new EventProblem(401, "invalid_key", "the token is not known");
        else if (!owner.Tenant.Enabled)
            problem = new EventProblem(403, "tenant_disabled", "the tenant of this key takes nothing now");
        else if (!owner.IsEnabled)
            problem = new EventProblem(403, "key_disabled", "the key lets nothing in now");
        else
            return (owner.Tenant, true);
        return null;
    }

    // Operators have no tenant of their own.
    private Tenant? TenantOf(AdminCaller caller, HttpRequest request, out EventProblem? problem)
    {
        problem = null;
        if (caller.Tenant is { } number)
        {
            problem = new EventProblem(401, "invalid_key", "the tenant of the token is gone");
            return tenants.All.FirstOrDefault(tenant => tenant.Number == number);
        }

        if (request.Query["tenant"].ToString() is { Length: > 0 } name)
        {
            problem = NotFound;
            return tenants.ByName(name);
        }

        problem = new EventProblem(400, "invalid_parameter", "an operator says whose plugins are meant: ?tenant=NAME");
        return tenants.All is [var only] ? only : null;
    }

    private static async Task<(ReadOnlyMemory<byte> Payload, EventProblem? Problem)> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        var piece = new byte[65536];
        for (var read = await request.Body.ReadAsync(piece); read > 0; read = await request.Body.ReadAsync(piece))
        {
            if (buffer.Length + read > MostBytes)
                return (default, new EventProblem(413, "body_too_large", $"a payload may have {MostBytes >> 20} MiB"));
            buffer.Write(piece, 0, read);
        }

        if (buffer.Length == 0)
            return ("null"u8.ToArray(), null);
        var payload = buffer.ToArray();
        try
        {
            using var document = JsonDocument.Parse(payload);
            return (payload, null);
        }
        catch (JsonException e)
        {
            return (default, EventBody.Broken(payload, e));
        }
    }
}
