using System.Text;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Logs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>What an install logged, and what it logs now (plugins-http.md §4.7, PLG-15).</summary>
internal sealed class LogResource(AdminParts parts, AdminScope scope)
{
    private static readonly TimeSpan CommentInterval = TimeSpan.FromSeconds(15);

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/plugins/{id}/logs", ListAsync),
        new("GET", "tenants/{t}/plugins/{id}/logs/stream", Follow),
    ];

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var install = scope.Install(request, scope.Tenant(request));
        var limit = request.Limit();
        var lines = await parts.Logs.ReadAsync(install.Tenant, install.Number, Filter(request), request.Number("after"), limit);
        // Without a place to begin, the last lines are what is asked for; behind them there is nothing yet.
        var next = request.Query("after") is not null && lines.Count == limit ? $"{lines[^1].Id}" : null;
        return AdminAnswer.List(lines.Select(LogJson.Of), next);
    }

    private AdminAnswer Follow(AdminRequest request)
    {
        var install = scope.Install(request, scope.Tenant(request));
        var filter = Filter(request);
        return new AdminAnswer
        {
            Status = StatusCodes.Status200OK,
            ContentType = "text/event-stream",
            Stream = context => WriteAsync(context, install.Tenant, install.Number, filter),
        };
    }

    private static LogFilter Filter(AdminRequest request) => new()
    {
        Levels = request.Query("level") is { } level
            ? LogLevels.From(level) ?? throw new AdminRefusalException(AdminProblem.Invalid($"level is '{level}', expected one of {string.Join(", ", LogLevels.All)}"))
            : null,
        Since = request.Time("since"),
        Source = request.Query("source"),
        Contains = request.Query("q"),
    };

    private async Task WriteAsync(HttpContext context, int tenant, int install, LogFilter filter)
    {
        using var follower = parts.Logs.Follow(tenant, install);
        // The head goes at once: who reads knows that it is listened.
        await context.Response.Body.WriteAsync(":\n\n"u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        while (true)
        {
            var comes = follower.Lines.WaitToReadAsync(context.RequestAborted).AsTask();
            // A comment in between lets both sides notice a broken connection.
            while (await Task.WhenAny(comes, Task.Delay(CommentInterval, parts.Time, context.RequestAborted)) != comes)
            {
                context.RequestAborted.ThrowIfCancellationRequested();
                await context.Response.Body.WriteAsync(":\n\n"u8.ToArray(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }

            if (!await comes)
                return;
            while (follower.Lines.TryRead(out var line))
            {
                follower.Done(line);
                if (filter.Takes(line))
                    await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: line\ndata: {LogJson.Of(line).ToJsonString()}\n\n"), context.RequestAborted);
            }

            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
