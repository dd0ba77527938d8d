using GripProxy.Plugins.Admin.Resources;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Plugins.Admin.Http;

/// <summary>From a request of the control port to the endpoint that answers it: path, token, method (plugins-http.md §4). Thread-safe.</summary>
internal sealed partial class AdminRouter
{
    private const string Prefix = "/v1/";
    private const string Scheme = "Bearer ";

    private readonly IReadOnlyList<AdminEndpoint> _endpoints;
    private readonly HashSet<string> _names;
    private readonly AdminTokens _tokens;
    private readonly ILogger<AdminRouter> _logger;

    /// <summary>Knows the endpoints.</summary>
    public AdminRouter(IEnumerable<AdminEndpoint> endpoints, AdminTokens tokens, ILogger<AdminRouter> logger)
    {
        _endpoints = [.. endpoints];
        _names = _endpoints.Select(endpoint => endpoint.Segments[0]).ToHashSet(StringComparer.Ordinal);
        _tokens = tokens;
        _logger = logger;
    }

    /// <summary>True while nothing may be changed but the operational switches (plugins.md §13).</summary>
    public Func<bool> IsReadOnly { get; init; } = static () => false;

    /// <summary>The first segments after <c>/v1/</c>.</summary>
    public IEnumerable<string> Names => _names;

    /// <summary>True if a path belongs to the admin API, also if nothing is there.</summary>
    /// <param name="path">The raw path.</param>
    public bool Serves(string path) => path.StartsWith(Prefix, StringComparison.Ordinal) && _names.Contains(path[Prefix.Length..].Split('/')[0]);

    /// <summary>True if a request has an operator's token.</summary>
    public bool IsOperator(HttpRequest request) => TokenOf(request, out _) is { } token && _tokens.Find(token) is { IsOperator: true };

    /// <summary>Who has a token, or null.</summary>
    public AdminCaller? CallerOf(string token) => _tokens.Find(token);

    /// <summary>Handles one request of whoever has its token. A client that is gone gets no answer; nothing else is thrown.</summary>
    public Task HandleAsync(HttpContext context) => HandleAsync(context, AnswerAsync);

    /// <summary>Handles one request of a caller who is known without a token.</summary>
    public Task HandleAsync(HttpContext context, AdminCaller caller) => HandleAsync(context, asked => AnswerAsync(asked, caller));

    private async Task HandleAsync(HttpContext context, Func<HttpContext, Task<AdminAnswer>> find)
    {
        try
        {
            var answer = await find(context);
            if (answer.Code is { } code)
                Log.Refused(_logger, context.Request.Method, answer.Status, code);
            await answer.WriteAsync(context);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, context.Request.Method);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await (AdminProblem.Answer(500, "failure", "Failure", "the request could not be handled; the log of the proxy says why") with { EndsConnection = true }).WriteAsync(context);
        }
    }

    private async Task<AdminAnswer> AnswerAsync(HttpContext context)
    {
        if (TokenOf(context.Request, out var problem) is not { } token)
            return problem!; // One of the two is there.
        if (_tokens.Find(token) is not { } caller)
            return AdminProblem.Answer(401, "invalid_token", "Invalid credentials", "the token is unknown, expected an operator token or a tenant token of the plugins");
        return await AnswerAsync(context, caller);
    }

    private async Task<AdminAnswer> AnswerAsync(HttpContext context, AdminCaller caller)
    {
        // Split before it is decoded: a %2F is part of a name.
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        var start = raw.IndexOf(Prefix, StringComparison.Ordinal) + Prefix.Length;
        string[] path = [.. raw[start..].TrimEnd('/').Split('/').Select(Uri.UnescapeDataString)];
        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        var there = _endpoints.Select(endpoint => (Endpoint: endpoint, Values: endpoint.Match(path))).Where(pair => pair.Values is not null).ToList();
        if (there.Count == 0)
            return AdminProblem.NotFound("nothing is at this path");
        var index = there.FindIndex(pair => pair.Endpoint.Method == method);
        if (index < 0)
        {
            var allow = string.Join(", ", there.Select(pair => pair.Endpoint.Method).Distinct(StringComparer.Ordinal));
            return AdminProblem.Answer(405, "method_not_allowed", "Method not allowed", $"{context.Request.Method} is not allowed here, expected {allow}") with { Allow = allow };
        }

        var (found, values) = there[index];
        if (found.ForOperators && !caller.IsOperator)
            return AdminProblem.NotCovered("this is for operators, expected an operator token");
        if (found.Method != HttpMethods.Get && found.Segments[0] != SwitchResource.Segment && IsReadOnly())
            return AdminProblem.ReadOnly("an operator allows no changes for the moment: GET /v1/switches/read_only_admin says why and until when");
        var request = new AdminRequest(context, caller, values!); // Filtered.
        try
        {
            return await found.AnswerAsync(request);
        }
        catch (AdminRefusalException e)
        {
            return e.Answer;
        }
        catch (Exception e) when (e is StateUnavailableException or PackageException)
        {
            return AdminProblem.Unavailable(e.Message);
        }
    }

    /// <summary>The token of a request, or null and what is wrong.</summary>
    public static string? TokenOf(HttpRequest request, out AdminAnswer? problem)
    {
        problem = null;
        var lines = request.Headers[HeaderNames.Authorization];
        if (lines.Count > 1)
            problem = AdminProblem.Invalid("there are several Authorization headers, expected one");
        else if (lines.Count == 0 || lines[0] is not { } line || !line.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            problem = AdminProblem.Answer(401, "missing_credentials", "Credentials needed", "expected the header Authorization: Bearer with a token of the plugins");
        else
            return line[Scheme.Length..].Trim();
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(7700, LogLevel.Debug, "{Method} of the plugin API refused: {Status} {Code}", EventName = "AdminRefused")]
        public static partial void Refused(ILogger logger, string method, int status, string code);

        [LoggerMessage(7701, LogLevel.Error, "{Method} of the plugin API failed", EventName = "AdminFailed")]
        public static partial void Failed(ILogger logger, Exception exception, string method);
    }
}
