namespace GripProxy.Protocol.Items;

/// <summary>One published message (PUB-10). Immutable; shared by all holds that get it. Not sealed: the channels follow some items.</summary>
public record Item
{
    /// <summary>Full channel name, route prefix included. May be empty.</summary>
    public required string Channel { get; init; }

    /// <summary>Id for duplicate suppression, order and reliability, or null.</summary>
    public string? Id { get; init; }

    /// <summary>Id of the item before this one on the channel, or null.</summary>
    public string? PrevId { get; init; }

    /// <summary>What response holds get, or null.</summary>
    public HttpResponseFormat? HttpResponse { get; init; }

    /// <summary>What stream holds get, or null.</summary>
    public HttpStreamFormat? HttpStream { get; init; }

    /// <summary>What WebSockets get, or null.</summary>
    public WebSocketMessageFormat? WebSocketMessage { get; init; }

    /// <summary>Names among its formats that nobody knows, most often a typing error; the first few, shortened. Nobody gets anything because of them (PUB-10).</summary>
    public IReadOnlyList<string> UnknownFormats { get; init; } = [];

    /// <summary>Publish meta for filters (FLT-02).</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>Size in bytes for block accounting instead of the body's (PUB-33), or null.</summary>
    public int? Size { get; init; }

    /// <summary>True: deliver at once, whatever the order (PUB-31).</summary>
    public bool NoSequence { get; init; }

    /// <summary>Where it stands in the log of its channel, or null: in none. Given by the log, never by a publisher (LOG-01).</summary>
    public Position? Position { get; init; }
}
