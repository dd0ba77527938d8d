using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Reports;
using GripProxy.GameDay.Running;
using Microsoft.AspNetCore.Http;

namespace GripProxy.GameDay.Control;

/// <summary>
/// Game days over HTTP (plugins-gameday.md §7), on the control port of a proxy or beside a generator. Who may ask is looked at before. Thread-safe; the runs
/// that it has made are its own until it is disposed of.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class GameDayApi(TimeProvider time) : IAsyncDisposable
{
    private const string Root = "/v1/gamedays";
    private const int MostRuns = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A member that stands there twice would be found out too late.
    private static readonly JsonDocumentOptions NoTwice = new() { AllowDuplicateProperties = false };

    private readonly ConcurrentDictionary<string, GameDayRun> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _tasks = new(StringComparer.Ordinal);

    /// <summary>True for paths that it answers.</summary>
    public static bool Serves(string path) => path == Root || path?.StartsWith(Root + "/", StringComparison.Ordinal) == true;

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await AnswerAsync(context);
        }
        catch (PlanException e)
        {
            await WriteAsync(context, StatusCodes.Status422UnprocessableEntity, Problem("invalid_plan", e.Message, e.Problems));
        }
        catch (TargetException e)
        {
            await WriteAsync(context, StatusCodes.Status409Conflict, Problem("target", e.Message, []));
        }
        catch (JsonException e)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, Problem("invalid_json", $"the body is not JSON: line {e.LineNumber + 1}", []));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs.Values)
            run.Orders.Stop("the process ends");
        await Task.WhenAll(_tasks.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var id in _tasks.Keys)
            await _runs[id].DisposeAsync();
    }

    /// <summary>Shows a run that somebody else carries out and owns.</summary>
    internal void Add(GameDayRun run) => _runs[run.Id] = run;

    private async Task AnswerAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? "")[Root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var method = context.Request.Method;
        if (parts.Length == 0)
        {
            await (method switch
            {
                "POST" => MakeAsync(context),
                "GET" => WriteAsync(context, 200, new JsonObject { ["items"] = new JsonArray([.. _runs.Values.OrderBy(static run => run.Started).Select(static run => (JsonNode)RunStatus.Of(run))]), ["next"] = null }),
                _ => WriteAsync(context, 405, Problem("method", "GET and POST are known here", [])),
            });
            return;
        }

        if (!_runs.TryGetValue(parts[0], out var run))
        {
            await WriteAsync(context, 404, Problem("not_found", $"there is no game day {parts[0]}", []));
            return;
        }

        switch (method, parts.Length > 1 ? parts[1] : "")
        {
            case ("GET", ""):
                await WriteAsync(context, 200, RunStatus.Of(run));
                break;
            case ("GET", "report"):
                await ReportAsync(context, run);
                break;
            case ("GET", "events"):
                await EventsAsync(context, run);
                break;
            case ("PATCH", ""):
                RunPatch.Apply(run, await BodyAsync(context));
                await WriteAsync(context, 202, RunStatus.Of(run));
                break;
            case ("POST", "start") when run.State == RunState.Waiting && _tasks.TryAdd(run.Id, Task.CompletedTask):
                _tasks[run.Id] = run.RunAsync(CancellationToken.None);
                await WriteAsync(context, 202, RunStatus.Of(run));
                break;
            case ("POST", "pause" or "resume" or "next" or "stop"):
                Act(run, parts[1]);
                // One that never began is over by that, and makes room for others.
                if (parts[1] == "stop" && run.State == RunState.Waiting && _tasks.TryAdd(run.Id, Task.CompletedTask))
                    _tasks[run.Id] = run.RunAsync(CancellationToken.None);
                await WriteAsync(context, 202, RunStatus.Of(run));
                break;
            default:
                await WriteAsync(context, 404, Problem("not_found", "known are GET, PATCH, GET events and report, POST start (once), pause, resume, next and stop", []));
                break;
        }
    }

    private static void Act(GameDayRun run, string what)
    {
        switch (what)
        {
            case "pause":
                run.Orders.Pause();
                break;
            case "resume":
                run.Orders.Resume();
                break;
            case "next":
                run.Orders.Next();
                break;
            default:
                run.Orders.Stop("stopped over HTTP");
                break;
        }
    }

    // Keys stand in the plan: this process has no environment of whoever asks.
    private async Task MakeAsync(HttpContext context)
    {
        var plan = PlanReader.Read(await BodyAsync(context), static _ => null, Directory.GetCurrentDirectory());
        if (plan.Scenarios.Any(static scenario => scenario.Source.Files.Count > 0))
            throw new PlanException(["source.kind: recorded is not known here, where files are not those of who asks; gripproxy gameday run knows it"]);
        await ForgetAsync();
        var run = await new GameDayLauncher(static _ => null, time).MakeAsync(plan, context.Request.Query["production"] == "1", context.RequestAborted);
        _runs[run.Id] = run;
        await WriteAsync(context, 201, new JsonObject { ["id"] = run.Id });
    }

    private async Task ForgetAsync()
    {
        foreach (var old in _runs.Values.Where(run => run.State is RunState.Done or RunState.Failed && _tasks.ContainsKey(run.Id)).OrderBy(static run => run.Started).Take(Math.Max(0, _runs.Count - MostRuns + 1)))
        {
            _runs.TryRemove(old.Id, out _);
            _tasks.TryRemove(old.Id, out _);
            await old.DisposeAsync();
        }

        if (_runs.Count >= MostRuns)
            throw new TargetException($"there are {MostRuns} game days that are not over");
    }

    private static Task ReportAsync(HttpContext context, GameDayRun run)
    {
        var report = ReportJson.Of(run);
        var accept = context.Request.Headers.Accept.ToString();
        if (!accept.Contains("text/html", StringComparison.Ordinal))
            return WriteAsync(context, 200, report);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(HtmlReport.Write(report), context.RequestAborted);
    }

    private async Task EventsAsync(HttpContext context, GameDayRun run)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        try
        {
            while (true)
            {
                var isOver = run.State is RunState.Done or RunState.Failed;
                await context.Response.WriteAsync($"event: {(isOver ? "end" : "state")}\ndata: {RunStatus.Of(run).ToJsonString()}\n\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                if (isOver)
                    return;
                await Task.Delay(Pause, time, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // Who looked has gone.
        }
    }

    private static async Task<JsonObject> BodyAsync(HttpContext context) =>
        await JsonNode.ParseAsync(context.Request.Body, nodeOptions: null, NoTwice, context.RequestAborted) as JsonObject ?? throw new PlanException(["the body must be an object"]);

    private static JsonObject Problem(string code, string detail, IReadOnlyList<string> problems) => new()
    {
        ["title"] = "Game day",
        ["code"] = code,
        ["detail"] = detail,
        ["details"] = new JsonObject { ["problems"] = new JsonArray([.. problems.Select(static problem => (JsonNode)problem)]) },
    };

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = status >= 400 ? "application/problem+json" : "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
