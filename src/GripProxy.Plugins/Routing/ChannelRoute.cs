namespace GripProxy.Plugins.Routing;

/// <summary>A rule that says to which channel an event goes and how (plugins.md §7.4). Immutable.</summary>
internal sealed record ChannelRoute
{
    /// <summary>The route of a tenant that has none of its own.</summary>
    public static ChannelRoute Default { get; } = new()
    {
        Channel = EventText.Parse("events.{event}", out _)!, // Well formed.
        Id = EventText.Parse("{uuid}", out _),
        ToStreams = true,
        ToWebSockets = true,
        ToResponses = true,
    };

    /// <summary>The channel, without the tenant's prefix.</summary>
    public required EventText Channel { get; init; }

    /// <summary>Which events.</summary>
    public RouteCondition When { get; init; } = new();

    /// <summary>The item's id, or null for none.</summary>
    public EventText? Id { get; init; }

    /// <summary>True: items are numbered for each channel, and each names the one before.</summary>
    public bool IsNumbered { get; init; }

    /// <summary>Path of the content in the event; empty: the event itself.</summary>
    public IReadOnlyList<string> Content { get; init; } = [];

    /// <summary>Text in place of content, or null.</summary>
    public EventText? Template { get; init; }

    /// <summary>Media type of the body that response holds get.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>True: stream holds get server-sent events; false: lines.</summary>
    public bool ServerSentEvents { get; init; }

    /// <summary>Stream holds get it.</summary>
    public bool ToStreams { get; init; }

    /// <summary>WebSockets get it.</summary>
    public bool ToWebSockets { get; init; }

    /// <summary>Response holds get it.</summary>
    public bool ToResponses { get; init; }
}
