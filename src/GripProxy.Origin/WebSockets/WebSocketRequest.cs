using System.Collections.Frozen;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Origin.WebSockets;

/// <summary>A request of the proxy for one WebSocket, read (WOH-02). Immutable.</summary>
internal sealed record WebSocketRequest
{
    /// <summary>What a handler sees before the request was read: nothing.</summary>
    public static WebSocketRequest Empty { get; } = new() { ConnectionId = "", Events = [] };

    public required string ConnectionId { get; init; }

    public required IReadOnlyList<WebSocketEvent> Events { get; init; }

    public IReadOnlyDictionary<string, string> Meta { get; init; } = FrozenDictionary<string, string>.Empty;

    public IReadOnlyList<string> Protocols { get; init; } = [];

    public bool Has(WebSocketEventType kind) => Events.Any(happened => happened.Type == kind);
}
