using System.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Diagnostics;

/// <summary>Makes a span of every publish, whatever its door (STA-30). Stateless; costs a look at a field while nobody listens.</summary>
internal static class PublishSpans
{
    /// <summary>Name of the source, for whoever exports it.</summary>
    public const string SourceName = ControlMetrics.MeterName;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the span of a publish over HTTP, in the trace that its publisher names; or gives null.</summary>
    public static Activity? Begin(HttpRequest request)
    {
        if (!Source.HasListeners())
            return null;
        var headers = request.Headers;
        var parent = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var known) ? known : default;
        return Begin(PublisherDoor.Http, ActivityKind.Server, parent);
    }

    /// <summary>Begins the span of a publish through another door, or gives null.</summary>
    public static Activity? Begin(PublisherDoor door) => Source.HasListeners() ? Begin(door, ActivityKind.Consumer, default) : null;

    private static Activity? Begin(PublisherDoor door, ActivityKind kind, ActivityContext parent)
    {
        var span = Source.StartActivity("publish", kind, parent);
        span?.SetTag("gripproxy.door", door.Word());
        return span;
    }
}
