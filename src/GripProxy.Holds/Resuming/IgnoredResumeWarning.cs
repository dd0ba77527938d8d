using System.Collections.Concurrent;
using GripProxy.Protocol.Instructs;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Resuming;

/// <summary>Says once per route that its origin asks for ids of events where there cannot be any (LOG-04). Thread-safe.</summary>
internal sealed partial class IgnoredResumeWarning(ILogger logger)
{
    private readonly ConcurrentDictionary<string, byte> _warned = new(StringComparer.Ordinal);

    /// <summary>Looks at what the origin asked for and what came of it.</summary>
    public void Check(HoldRequest request, ResumePlan plan)
    {
        if (request.Instruct is { ResumesByEventId: true, Hold: HoldMode.Stream } && !request.IsRetry && plan.EventChannels is null &&
            _warned.TryAdd(request.RouteId ?? "", 0))
            Log.Ignored(logger, request.Url);
    }

    private static partial class Log
    {
        [LoggerMessage(3021, LogLevel.Warning,
            "{Url}: Grip-Resume is ignored: it needs Content-Type text/event-stream, and a channel with a log ([channel:PATTERN] log_items)",
            EventName = "ResumeIgnored")]
        public static partial void Ignored(ILogger logger, string url);
    }
}
