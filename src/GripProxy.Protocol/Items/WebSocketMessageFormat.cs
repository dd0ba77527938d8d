namespace GripProxy.Protocol.Items;

/// <summary>Format <c>ws-message</c>: what an item is to a WebSocket (PUB-14). Immutable.</summary>
public sealed record WebSocketMessageFormat
{
    /// <summary>Send, close or refresh; hint does nothing.</summary>
    public ItemAction Action { get; init; }

    /// <summary>Type of the message for <see cref="ItemAction.Send"/>.</summary>
    public WebSocketMessageType Type { get; init; }

    /// <summary>Payload for <see cref="ItemAction.Send"/>.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Close code, or null: none given.</summary>
    public int? Code { get; init; }

    /// <summary>Close reason, used only with a code.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Message content filters that the subscription must have, in order (FLT-05), or null.</summary>
    public IReadOnlyList<string>? ContentFilters { get; init; }
}
