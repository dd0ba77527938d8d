using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Reads the requests of each path into events (plugins-http.md §3.1–3.3). Immutable.</summary>
internal sealed class EventDoors(EventsOptions options)
{
    /// <summary>Events in plain words.</summary>
    public const string GenericPath = "/v1/events";

    /// <summary>CloudEvents.</summary>
    public const string CloudEventsPath = "/v1/cloudevents";

    private const string Lines = "application/x-ndjson";

    private static readonly string[] PostHogPaths = ["/capture", "/e", "/batch", "/track", "/i/v0/e", "/engage", "/s"];
    private static readonly string[] GetPaths = ["/e", "/capture", "/track"];
    private static readonly string[] GenericTypes = ["application/json", "text/plain", Lines];

    /// <summary>True if events may come in here.</summary>
    public static bool IsDoor(string path) => path is GenericPath or CloudEventsPath || PostHogPaths.Contains(path, StringComparer.Ordinal);

    /// <summary>True if they may come in the query of a GET.</summary>
    public static bool MayGet(string path) => GetPaths.Contains(path, StringComparer.Ordinal);

    /// <summary>True if the answer is that of PostHog.</summary>
    public static bool IsPostHog(string path) => path is not (GenericPath or CloudEventsPath);

    /// <summary>Reads the events of a request.</summary>
    public async Task<(EventBatch? Batch, EventProblem? Problem)> ReadAsync(HttpRequest request, string path)
    {
        if (!IsPostHog(path))
            return await ReadOursAsync(request, path);
        var (json, problem) = await EventBody.ReadAsync(request, options.MaxBody);
        return json is null ? (null, problem) : (EventBatch.Open(json, out problem), problem);
    }

    private async Task<(EventBatch? Batch, EventProblem? Problem)> ReadOursAsync(HttpRequest request, string path)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() ?? GenericTypes[0];
        if (path == GenericPath && !GenericTypes.Contains(type, StringComparer.Ordinal))
            return (null, new EventProblem(415, "unsupported_media_type", $"the content type {type} is not taken; send {string.Join(", ", GenericTypes)}"));
        var (body, problem) = await EventBody.UnpackAsync(request, options.MaxBody);
        if (body is null)
            return (null, problem);
        if (path == CloudEventsPath)
            return CloudEvents.Open(request, body);
        return type == Lines ? GenericEvents.OpenLines(body, options.RequireDistinctId) : GenericEvents.Open(body, options.RequireDistinctId);
    }
}
