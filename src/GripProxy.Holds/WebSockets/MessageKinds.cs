using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>What published types are on a WebSocket. Stateless.</summary>
internal static class MessageKinds
{
    /// <summary>The kind of part that a published message becomes.</summary>
    public static WebSocketPartKind PartKind(this WebSocketMessageType type) => type switch
    {
        WebSocketMessageType.Text => WebSocketPartKind.Text,
        WebSocketMessageType.Binary => WebSocketPartKind.Binary,
        WebSocketMessageType.Ping => WebSocketPartKind.Ping,
        WebSocketMessageType.Pong => WebSocketPartKind.Pong,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, message: null),
    };
}
