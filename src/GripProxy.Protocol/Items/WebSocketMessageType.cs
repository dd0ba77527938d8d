namespace GripProxy.Protocol.Items;

/// <summary>Type of a published WebSocket message (PUB-14).</summary>
public enum WebSocketMessageType
{
    /// <summary>A text message.</summary>
    Text,

    /// <summary>A binary message.</summary>
    Binary,

    /// <summary>A ping frame.</summary>
    Ping,

    /// <summary>A pong frame.</summary>
    Pong,
}
