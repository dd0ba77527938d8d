using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;
using Microsoft.AspNetCore.Http;

namespace GripProxy.GameDay.Agents;

/// <summary>
/// Makes load for a coordinator elsewhere (plugins-gameday.md §2, §6). Whoever has not been heard of for ten seconds is gone, and nothing is sent for it any more.
/// Thread-safe; owned by the command.
/// </summary>
/// <param name="tell">Takes what people read.</param>
/// <param name="time">The clock.</param>
/// <param name="patience">So long a coordinator may say nothing; <see cref="Patience"/> but for tests.</param>
internal sealed class AgentApi(Action<string> tell, TimeProvider time, TimeSpan patience) : IAsyncDisposable
{
    /// <summary>Where orders go.</summary>
    public const string Root = "/v1/agent";

    /// <summary>So long a coordinator may say nothing: each one asks every second.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, AgentJob> _jobs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _looking = Task.CompletedTask;

    /// <summary>True for paths that it answers.</summary>
    public static bool Serves(string path) => path == Root || path.StartsWith(Root + "/", StringComparison.Ordinal);

    /// <summary>Begins to look whether coordinators are still there.</summary>
    public void Start() => _looking = LookAsync();

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
            JsonObject? answer = (context.Request.Method, parts) switch
            {
                ("POST", ["v1", "agent"]) => await BeginAsync(context),
                ("POST", ["v1", "agent", var id, var what]) when _jobs.TryGetValue(id, out var job) => await job.DoAsync(what, await BodyAsync(context)),
                ("DELETE", ["v1", "agent", var id]) when _jobs.TryRemove(id, out var job) => await EndAsync(id, job, "it is over"),
                _ => null,
            };
            await WriteAsync(context, answer is null ? 404 : 200, answer ?? new JsonObject { ["detail"] = "there is no such game day here" });
        }
        catch (PlanException e)
        {
            await WriteAsync(context, 422, new JsonObject { ["detail"] = e.Message });
        }
        catch (Exception e) when (e is TargetException or JsonException or InvalidDataException)
        {
            await WriteAsync(context, 409, new JsonObject { ["detail"] = e.Message });
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        foreach (var id in _jobs.Keys)
        {
            if (_jobs.TryRemove(id, out var job))
                await job.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task<JsonObject> BeginAsync(HttpContext context)
    {
        var (order, source) = await AgentOrder.ReadAsync(context.Request.Body, context.RequestAborted);
        var job = new AgentJob(new LocalGenerator(order.Plan, source, order.Run, time), time);
        try
        {
            await job.PrepareAsync(context.RequestAborted);
        }
        catch
        {
            await job.DisposeAsync();
            throw;
        }

        if (!_jobs.TryAdd(order.Run, job))
        {
            await job.DisposeAsync();
            throw new TargetException($"{order.Run} has begun already");
        }

        tell($"{order.Run}: begins");
        return new JsonObject { ["id"] = order.Run };
    }

    private async Task<JsonObject> EndAsync(string id, AgentJob job, string reason)
    {
        await job.DisposeAsync();
        tell($"{id}: {reason}");
        return [];
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (var (id, job) in _jobs.Where(job => job.Value.Silent > patience))
                {
                    if (_jobs.TryRemove(id, out _))
                        await EndAsync(id, job, $"nothing was heard of the coordinator for {patience.TotalSeconds:0} s, so nothing is sent any more");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    private static async Task<JsonObject> BodyAsync(HttpContext context) =>
        await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject ?? throw new PlanException(["the body must be an object"]);

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
