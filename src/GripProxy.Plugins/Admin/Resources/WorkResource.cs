using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.State;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>What plugins do by the clock, run on demand; jobs, started, listed and forgotten (plugins-http.md §4.6).</summary>
internal sealed class WorkResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("POST", "tenants/{t}/plugins/{id}/tasks/{task}", RunAsync),
        new("POST", "tenants/{t}/plugins/{id}/jobs/{job}", StartAsync),
        new("GET", "tenants/{t}/jobs", ListAsync),
        new("DELETE", "tenants/{t}/jobs/{job}", DeleteAsync),
    ];

    private async Task<AdminAnswer> RunAsync(AdminRequest request)
    {
        var (tenant, install, work) = Find(request);
        var task = request["task"];
        if (work.Scheduler.TasksOf(install.Number).All(known => known.Name != task))
            throw new AdminRefusalException(AdminProblem.NotFound($"{install.Name} does nothing called {task} by the clock"));
        await changes.NoteAsync(request, "task.run", $"{tenant.Name}/{install.Number}", new JsonObject { ["task"] = task });
        CallResult? result;
        try
        {
            result = await work.Scheduler.RunNowAsync(install.Number, task).WaitAsync(Longest, parts.Time);
        }
        catch (TimeoutException)
        {
            throw new AdminRefusalException(AdminProblem.Answer(504, "timeout", "Timeout", $"{task} goes on, but {Longest.TotalSeconds} s have passed"));
        }

        if (result is null)
            throw new AdminRefusalException(AdminProblem.Unavailable($"{install.Name} does not run now"));
        if (result.Error is { } error)
        {
            throw new AdminRefusalException(AdminProblem.Answer(
                422, "plugin_error", "The plugin failed", $"{error.Name}: {error.Message}", new JsonObject { ["stack"] = error.Stack }));
        }

        return AdminAnswer.Json(new JsonObject { ["result"] = JsonNode.Parse(result.Value.Span) });
    }

    private async Task<AdminAnswer> StartAsync(AdminRequest request)
    {
        var (tenant, install, work) = Find(request);
        var name = request["job"];
        var plugin = work.Calls.Plugins.FirstOrDefault(plugin => plugin.Install.Number == install.Number)
            ?? throw new AdminRefusalException(AdminProblem.Unavailable($"{install.Name} is not here now"));
        if (!request.Caller.IsOperator && !plugin.Install.Package.Manifest.PublicJobs.Contains(name, StringComparer.Ordinal))
            throw new AdminRefusalException(AdminProblem.NotCovered($"{name} is no public job of {install.Name}; only an operator may start it"));
        if (plugin.Capabilities is { } offered && !offered.Jobs.Contains(name, StringComparer.Ordinal))
            throw new AdminRefusalException(AdminProblem.NotFound($"{install.Name} has no job {name}"));
        var body = await request.ReadObjectAsync("payload", "at", "in");
        var payload = Encoding.UTF8.GetBytes(body["payload"]?.ToJsonString() ?? "null");
        if (payload.Length > JobIntake.PayloadBytes)
            throw AdminJson.Wrong("payload", $"JSON of at most {JobIntake.PayloadBytes >> 10} KiB");
        var due = Due(body);
        var (outcome, id) = await work.Jobs.AddAsync(install.Number, name, payload, due);
        if (outcome != EnqueueOutcome.Stored)
            throw new AdminRefusalException(AdminProblem.Unavailable(outcome == EnqueueOutcome.QueueFull ? "as much waits as may" : "the queue cannot be written"));
        await changes.NoteAsync(request, "job.start", $"{tenant.Name}/{install.Number}", new JsonObject { ["job"] = name, ["id"] = Text(id) });
        return AdminAnswer.Json(new JsonObject { ["id"] = Text(id), ["due"] = AdminTime.Text(due) }, StatusCodes.Status202Accepted);
    }

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var limit = request.Limit();
        int? install = request.Query("install") is { } text
            ? AdminScope.Find(parts.Store.Current, tenant.Number, text)?.Number ?? throw new AdminRefusalException(AdminProblem.Invalid($"{tenant.Name} has no plugin {text}"))
            : null;
        var jobs = await WorkOf(tenant).Jobs.ListAsync(install, request.Number("after") ?? 0, limit + 1);
        return AdminAnswer.List(jobs.Take(limit).Select(ToJson), jobs.Count > limit ? Text(jobs[limit - 1].Id) : null);
    }

    private async Task<AdminAnswer> DeleteAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        if (!long.TryParse(request["job"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !await WorkOf(tenant).Jobs.DeleteAsync(id))
            throw new AdminRefusalException(AdminProblem.NotFound($"there is no job {request["job"]} that waits"));
        await changes.NoteAsync(request, "job.delete", tenant.Name, new JsonObject { ["id"] = Text(id) });
        return AdminAnswer.Nothing;
    }

    private static JsonNode ToJson(PostWork job) => new JsonObject
    {
        ["id"] = Text(job.Id),
        ["install"] = job.Install,
        ["name"] = job.Method[PostWork.JobPrefix.Length..],
        ["payload"] = JsonNode.Parse(job.Body.Span),
        ["created"] = AdminTime.Text(job.Created),
        ["due"] = AdminTime.Text(job.Due),
        ["attempts"] = job.Attempts,
        ["replayed"] = job.Replayed,
    };

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private DateTimeOffset Due(JsonObject body)
    {
        var now = parts.Time.GetUtcNow();
        if (AdminJson.Text(body, "at") is { } at)
        {
            return DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : throw AdminJson.Wrong("at", "a time such as 2026-05-04T08:00:00Z");
        }

        var seconds = AdminJson.Number(body, "in") ?? 0;
        return seconds is >= 0 and < 3.2e9 ? now + TimeSpan.FromSeconds(seconds) : throw AdminJson.Wrong("in", "seconds from now, at most 100 years");
    }

    private (TenantRecord Tenant, InstallRecord Install, TenantWork Work) Find(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        return (tenant, scope.Install(request, tenant), WorkOf(tenant));
    }

    private TenantWork WorkOf(TenantRecord tenant) =>
        parts.WorkOf(tenant.Number) ?? throw new AdminRefusalException(AdminProblem.Unavailable($"nothing of {tenant.Name} runs here"));
}
