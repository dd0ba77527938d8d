using System.Diagnostics;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Diagnostics;

/// <summary>
/// Makes one span for the fan-out of an item, not one per delivery, linked to the publish that it came by (STA-30). Stateless; costs a look at a
/// field while nobody listens.
/// </summary>
public static class DeliverySpans
{
    /// <summary>Name of the source, for whoever exports it.</summary>
    public const string SourceName = DeliveryInstruments.MeterName;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The span of the publish that is under way, to be kept with its items; nothing while nobody listens.</summary>
    internal static ActivityContext Publish => Source.HasListeners() && Activity.Current is { } span ? span.Context : default;

    /// <summary>Begins the span of an item's fan-out, or gives null.</summary>
    /// <param name="item">The item.</param>
    /// <param name="trail">Knows the span that it was published by, or null.</param>
    internal static Activity? Begin(Item item, ItemTrail? trail)
    {
        if (!Source.HasListeners())
            return null;
        var publish = trail?.Publish ?? default;
        // Its parent too, so that it stands in the trace of whoever published it; it may have waited and begin long after that one ended.
        ActivityLink[]? links = publish == default ? null : [new ActivityLink(publish)];
        var span = Source.StartActivity("deliver", ActivityKind.Internal, publish, links: links);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.SetTag("gripproxy.channel", item.Channel);
        if (item.Id is { } id)
            span.SetTag("gripproxy.item.id", id);
        return span;
    }

    /// <summary>Ends it.</summary>
    internal static void End(Activity? span, int receivers, int filtered)
    {
        if (span is null)
            return;
        span.SetTag("gripproxy.receivers", receivers);
        span.SetTag("gripproxy.filtered", filtered);
        span.Dispose();
    }
}
