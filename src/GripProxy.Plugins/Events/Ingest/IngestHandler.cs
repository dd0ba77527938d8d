using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Answers the ingest listener (plugins-http.md §3). Thread-safe.</summary>
internal sealed class IngestHandler(EventIntake intake, TenantDirectory tenants, EventsOptions options, TimeProvider time)
{
    private const int ShutdownSeconds = 10;
    private const int LongestWaitMilliseconds = 10_000;

    private static readonly string[] FlagPaths = ["/decide", "/flags"];

    private readonly ClientAddress _address = new(options.TrustedProxies);
    private readonly EventDoors _doors = new(options);
    private readonly IngestGate _gate = new(tenants, time);
    private volatile bool _stopping;

    /// <summary>Where events are counted, or null: nowhere.</summary>
    public PluginInstruments? Instruments { get; init; }

    /// <summary>Runs functions of plugins, or null: there are none.</summary>
    public FunctionDoor? Functions { get; init; }

    /// <summary>Leads to the endpoints of plugins, or null: there are none.</summary>
    public EndpointDoor? Endpoints { get; init; }

    /// <summary>True if this handler has an answer for requests of a path.</summary>
    public static bool Answers(string path) => EventDoors.IsDoor(Plain(path)) || FunctionDoor.Answers(path) || FlagPaths.Contains(Plain(path), StringComparer.Ordinal);

    /// <summary>Takes no more events.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var path = Plain(context.Request.Path.Value);
        if (Endpoints is not null && EndpointDoor.Answers(path))
            await Endpoints.HandleAsync(context);
        else if (FlagPaths.Contains(path, StringComparer.Ordinal))
            await FlagsAsync(context);
        else if (EventDoors.IsDoor(path))
            await EventsAsync(context, path);
        else if (Functions is not null && FunctionDoor.Answers(path))
            await Functions.HandleIngestAsync(context);
        else
            await IngestReply.WriteAsync(context, new EventProblem(404, "not_found", "there is nothing here"));
    }

    private async Task EventsAsync(HttpContext context, string path)
    {
        CrossOrigin.Allow(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method) && !(EventDoors.MayGet(path) && HttpMethods.IsGet(context.Request.Method)))
        {
            context.Response.Headers.Allow = EventDoors.MayGet(path) ? "GET, POST, OPTIONS" : "POST, OPTIONS";
            await IngestReply.WriteAsync(context, new EventProblem(405, "method_not_allowed", "send events with POST"));
            return;
        }

        if (_stopping)
        {
            await IngestReply.WriteAsync(context, new EventProblem(503, "shutting_down", "the proxy is stopping; send these again later") { RetryAfter = ShutdownSeconds });
            return;
        }

        var (read, problem) = await _doors.ReadAsync(context.Request, path);
        using var batch = read;
        if (batch is not null)
        {
            await TakeAsync(context, path, batch);
            return;
        }

        // One of the two is there. How many events it would have brought nobody knows.
        Instruments?.Ingested("", problem!.Code, 1);
        await IngestReply.WriteAsync(context, problem!);
    }

    private async Task TakeAsync(HttpContext context, string path, EventBatch batch)
    {
        if (_gate.Refuse(batch.Key ?? RequestKey.Of(context.Request), batch.Events.Count, out var owner) is { } problem)
        {
            Instruments?.Ingested(owner?.Name ?? "", problem.Code, batch.Events.Count);
            await IngestReply.WriteAsync(context, problem);
            return;
        }

        var tenant = owner!; // There is one where they are let in.
        var request = new IntakeRequest { Address = _address.Of(context), IdempotencyKey = IdempotencyKey(context.Request), Wait = WaitOf(context.Request, path) };
        var result = await intake.TakeAsync(batch, tenant, request);
        Count(tenant, batch.Events.Count, result);
        var percent = intake.PercentFull(tenant);
        if (percent >= EventIntake.WarnPercent)
            context.Response.Headers["X-Queue-Usage"] = $"{percent}%";
        if (result.Problem is not null)
        {
            await IngestReply.WriteAsync(context, result.Problem);
            return;
        }

        if (request.Wait is { } patience)
            await intake.WaitAsync(result, tenant, patience, context.RequestAborted);
        if (EventDoors.IsPostHog(path))
            await IngestReply.WriteAsync(context, StatusCodes.Status200OK, IngestReply.PostHog(result, path == "/i/v0/e" ? "Ok" : 1));
        else
            await IngestReply.WriteAsync(context, StatusCodes.Status202Accepted, IngestReply.Accepted(result, request.Wait is not null));
    }

    private void Count(Tenant tenant, int events, IntakeResult result)
    {
        if (Instruments is null)
            return;
        foreach (var refused in result.Refused.GroupBy(static problem => problem.Code, StringComparer.Ordinal))
            Instruments.Ingested(tenant.Name, refused.Key, refused.Count());
        if (result.Problem is { } problem)
        {
            Instruments.Ingested(tenant.Name, problem.Code, events - result.Refused.Count);
            return;
        }

        var repeated = result.Taken.Count(static taken => taken.IsRepeated);
        Instruments.Ingested(tenant.Name, "repeated", repeated);
        Instruments.Ingested(tenant.Name, "accepted", result.Taken.Count - repeated);
    }

    private static Task FlagsAsync(HttpContext context)
    {
        CrossOrigin.Allow(context);
        return IngestReply.WriteAsync(context, StatusCodes.Status200OK, new JsonObject
        {
            ["featureFlags"] = new JsonObject(),
            ["config"] = new JsonObject { ["enable_collect_everything"] = true },
            ["supportedCompression"] = new JsonArray("gzip", "gzip-js"),
            ["sessionRecording"] = false,
            ["isAuthenticated"] = false,
        });
    }

    private static string Plain(string? path) => path is { Length: > 1 } ? path.TrimEnd('/') : "/";

    private static string? IdempotencyKey(HttpRequest request) => request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key ? key : null;

    // Who asks for longer than may be waited gets what may be.
    private static TimeSpan? WaitOf(HttpRequest request, string path)
    {
        if (EventDoors.IsPostHog(path) || request.Query["wait"] != "processed")
            return null;
        var asked = int.TryParse(request.Query["timeout_ms"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : LongestWaitMilliseconds;
        return TimeSpan.FromMilliseconds(Math.Min(asked, LongestWaitMilliseconds));
    }
}
