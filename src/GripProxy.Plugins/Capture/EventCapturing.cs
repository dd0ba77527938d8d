using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Capture;

/// <summary>
/// Events that plugins make (plugins-api.md §3.9): stored like those that come in, so that they go the whole way. One for each tenant. Thread-safe.
/// </summary>
internal sealed partial class EventCapturing
{
    private readonly Tenant _tenant;
    private readonly EventReader _reader;
    private readonly CaptureParts _parts;
    private readonly EventParents _parents;
    private readonly ILogger _logger;

    /// <summary>Captures for a tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="parents">Its events that are under way.</param>
    /// <param name="parts">What it works with.</param>
    /// <param name="logger">The log.</param>
    public EventCapturing(Tenant tenant, EventParents parents, CaptureParts parts, ILogger<EventCapturing> logger)
    {
        _tenant = tenant;
        _parents = parents;
        _parts = parts;
        _logger = logger;
        _reader = new EventReader(parts.MaxEvent, keepMissingProperties: true);
        Operations = new Dictionary<string, HostOperation>(StringComparer.Ordinal)
        {
            ["posthog.capture"] = (install, arguments) => CaptureAsync(
                install, arguments, CapturedEvent.Of(CellJson.Find(arguments, "event"), CellJson.Find(arguments, "properties"), install.Package.Name, parts.Time.GetUtcNow())),
            ["posthog.surplus"] = (install, arguments) => CaptureAsync(install, arguments, CapturedEvent.Surplus(arguments.GetProperty("event"))),
        };
    }

    /// <summary>What plugins may ask for.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations { get; }

    private async ValueTask<HostAnswer> CaptureAsync(Install install, JsonElement arguments, JsonElement captured)
    {
        var parent = _parents.Find(Number(arguments, "ticket"), (int)Number(arguments, "index"));
        var depth = parent?.NextDepth ?? 0;
        if (depth > _parts.Options.MaxDepth)
        {
            Log.TooDeep(_logger, _tenant.Name, install.Name, _parts.Options.MaxDepth);
            return HostAnswer.Failed("Error", $"events that capture events may be {_parts.Options.MaxDepth} deep");
        }

        var now = _parts.Time.GetUtcNow();
        if (_reader.Read(captured, new EventSource(_tenant.Number, null, now, null), out var problem) is not { } read)
            return HostAnswer.Failed("TypeError", problem!.Message); // There is one where there is no event.
        if (parent?.Count() > _parts.Options.MostPerEvent)
            return HostAnswer.Failed("Error", $"one event may capture {_parts.Options.MostPerEvent}");
        var outcome = await _parts.Queue.EnqueueAsync(
            [new QueuedEvent { Tenant = _tenant.Number, Key = read.DistinctId, Received = now, Body = read.Body, Depth = depth, CapturedBy = install.Number }]);
        if (outcome != EnqueueOutcome.Stored)
            return HostAnswer.Failed("Error", $"the event could not be stored: {outcome}");
        _parts.Stored(_tenant);
        return HostAnswer.Nothing;
    }

    // 0 where it is none: then the parent is looked for.
    private static long Number(JsonElement arguments, string name) =>
        CellJson.Find(arguments, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) && value is >= 0 and < 1L << 53 ? value : 0;

    private static partial class Log
    {
        [LoggerMessage(7440, LogLevel.Error, "plugin {Install} of {Tenant} captures events in events in events: more than {Depth} deep is refused", EventName = "CaptureTooDeep")]
        public static partial void TooDeep(ILogger logger, string tenant, string install, int depth);
    }
}
