using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.State;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>Long runs of plugins: begun, looked at, ended (plugins-http.md §4.6).</summary>
internal sealed class RunResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    private const int LastLines = 20;

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("POST", "tenants/{t}/plugins/{id}/runs/{run}", StartAsync),
        new("GET", "tenants/{t}/runs", ListAsync),
        new("GET", "tenants/{t}/runs/{run}", GetAsync),
        new("POST", "tenants/{t}/runs/{run}/cancel", CancelAsync),
    ];

    private async Task<AdminAnswer> StartAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var install = scope.Install(request, tenant);
        var runs = RunsOf(tenant);
        var name = request["run"];
        if (await runs.OffersAsync(install.Number, name) == false)
            throw new AdminRefusalException(AdminProblem.NotFound($"{install.Name} has no run {name}"));
        var payload = Encoding.UTF8.GetBytes((await request.ReadObjectAsync("payload"))["payload"]?.ToJsonString() ?? "null");
        if (payload.Length > RunOperations.ValueBytes)
            throw AdminJson.Wrong("payload", $"JSON of at most {RunOperations.ValueBytes >> 10} KiB");
        var run = await runs.AddAsync(install.Number, name, payload) ?? throw new AdminRefusalException(AdminProblem.Unavailable("as many runs wait as may"));
        await changes.NoteAsync(request, "run.start", $"{tenant.Name}/{install.Number}", new JsonObject { ["run"] = name, ["id"] = Text(run.Id) });
        return AdminAnswer.Json(ToJson(run), StatusCodes.Status202Accepted);
    }

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var limit = request.Limit();
        int? install = request.Query("install") is { } text
            ? AdminScope.Find(parts.Store.Current, tenant.Number, text)?.Number ?? throw new AdminRefusalException(AdminProblem.Invalid($"{tenant.Name} has no plugin {text}"))
            : null;
        RunState? state = request.Query("state") is not { } word ? null
            : Enum.TryParse<RunState>(word, ignoreCase: true, out var known) && !char.IsAsciiDigit(word[0]) ? known
            : throw new AdminRefusalException(AdminProblem.Invalid($"state is '{word}', expected queued, running, done, failed or cancelled"));
        var runs = await RunsOf(tenant).ListAsync(install, state, request.Number("after"), limit + 1);
        return AdminAnswer.List(runs.Take(limit).Select(ToJson), runs.Count > limit ? Text(runs[limit - 1].Id) : null);
    }

    private async Task<AdminAnswer> GetAsync(AdminRequest request) => await ShowAsync(await FindAsync(request, static (runs, id) => runs.FindAsync(id)));

    private async Task<AdminAnswer> CancelAsync(AdminRequest request)
    {
        var run = await FindAsync(request, static (runs, id) => runs.CancelAsync(id));
        await changes.NoteAsync(request, "run.cancel", scope.Tenant(request).Name, new JsonObject { ["id"] = Text(run.Id) });
        return await ShowAsync(run);
    }

    private async Task<AdminAnswer> ShowAsync(RunRecord run)
    {
        var json = ToJson(run);
        json["payload"] = JsonNode.Parse(run.Payload.Span);
        json["last"] = run.Last.Length > 0 ? JsonNode.Parse(run.Last.Span) : null;
        json["result"] = run.Result.Length > 0 ? JsonNode.Parse(run.Result.Span) : null;
        var lines = run.Started is { } started
            // Lines are kept to the millisecond.
            ? await parts.Logs.ReadAsync(run.Tenant, run.Install, new LogFilter { Since = started.AddMilliseconds(-1), Source = LogLine.Console, Until = run.Ended }, after: null, LastLines)
            : [];
        json["log"] = new JsonArray([.. lines.OrderBy(static line => line.Id).Select(static line => (JsonNode)$"{AdminTime.Text(line.Time)} {line.Level} {line.Text}")]);
        return AdminAnswer.Json(json);
    }

    private async Task<RunRecord> FindAsync(AdminRequest request, Func<TenantRuns, long, Task<RunRecord?>> find)
    {
        var tenant = scope.Tenant(request);
        return (long.TryParse(request["run"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await find(RunsOf(tenant), id) : null)
            ?? throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no run {request["run"]}"));
    }

    private JsonObject ToJson(RunRecord run) => new()
    {
        ["id"] = Text(run.Id),
        ["install"] = run.Install,
        // Of one that was removed the runs are there a while longer.
        ["plugin"] = parts.Store.Current.InstallsOf(run.Tenant).FirstOrDefault(install => install.Number == run.Install)?.Name,
        ["name"] = run.Name,
        ["state"] = run.Word,
        ["progress"] = run.Progress,
        ["text"] = run.Text,
        ["created"] = AdminTime.Text(run.Created),
        ["started"] = run.Started is { } started ? AdminTime.Text(started) : null,
        ["ended"] = run.Ended is { } ended ? AdminTime.Text(ended) : null,
        ["node"] = run.Node.Length > 0 ? run.Node : null,
        ["begun"] = run.Begun,
        ["crashes"] = run.Crashes,
        ["error"] = run.Error.Length > 0 ? new JsonObject { ["message"] = run.Error, ["stack"] = run.Stack } : null,
    };

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private TenantRuns RunsOf(TenantRecord tenant) =>
        parts.WorkOf(tenant.Number)?.Runs ?? throw new AdminRefusalException(AdminProblem.Unavailable($"nothing of {tenant.Name} runs here"));
}
