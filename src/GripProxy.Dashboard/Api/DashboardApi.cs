using System.Text.Json;
using GripProxy.Dashboard.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Dashboard.Api;

/// <summary>
/// What the page asks and does: below <c>/api/v1</c> whatever the control port has there, answered by the same code; besides, the few things that
/// only the page needs. Thread-safe.
/// </summary>
internal sealed class DashboardApi(DashboardParts parts)
{
    /// <summary>A token of the plugin API (plugins-http.md §2), which is another one than that of the dashboard.</summary>
    public const string PluginToken = "X-GripProxy-Plugin-Token";

    /// <summary>Answers a request that was let in.</summary>
    public Task AnswerAsync(HttpContext context, string path)
    {
        if (path == DashboardPaths.Control || path.StartsWith(DashboardPaths.Control + "/", StringComparison.Ordinal))
            return AskControlAsync(context);
        var (method, write) = path switch
        {
            "/api/session" => (HttpMethods.Get, (Action<Utf8JsonWriter>)WriteSession),
            "/api/ticket" => (HttpMethods.Post, WriteTicket),
            "/api/configuration" => (HttpMethods.Get, json => ConfigurationJson.Write(json, parts.Configuration)),
            "/api/routes" => (HttpMethods.Get, json => RoutesJson.Write(json, parts.Routes())),
            _ => ("", static _ => { }),
        };
        if (method.Length == 0)
            return DashboardProblem.NotFound.WriteAsync(context.Response);
        return context.Request.Method == method ? JsonReply.WriteAsync(context.Response, write) : DashboardProblem.MethodNotAllowed.WriteAsync(context.Response);
    }

    private Task AskControlAsync(HttpContext context)
    {
        // As it would have stood in a request to the control port.
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        request.RawTarget = request.RawTarget["/api".Length..];
        request.Path = request.Path["/api".Length..];
        if (context.Request.Headers[PluginToken] is { Count: > 0 } token)
            context.Request.Headers.Authorization = "Bearer " + token;
        return parts.Control(context);
    }

    private void WriteSession(Utf8JsonWriter json)
    {
        json.WriteString("node", parts.Node);
        json.WriteString("version", typeof(DashboardApi).Assembly.GetName().Version?.ToString(3));
        json.WriteBoolean("open", parts.Keys.IsOpen);
        json.WriteString("channel", parts.Tickets.Channel);
    }

    private void WriteTicket(Utf8JsonWriter json) => json.WriteString("ticket", parts.Tickets.Issue());
}
