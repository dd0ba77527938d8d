namespace GripProxy.Protocol.WebSockets;

/// <summary>What a WebSocket frame is (RFC 6455 §5.2). The values not named here are reserved.</summary>
public enum WebSocketOpcode
{
    /// <summary>The next frame of the message that is under way.</summary>
    Continuation = 0x0,

    /// <summary>The first frame of a text message.</summary>
    Text = 0x1,

    /// <summary>The first frame of a binary message.</summary>
    Binary = 0x2,

    /// <summary>A close frame. From here on the values are those of control frames.</summary>
    Close = 0x8,

    /// <summary>A ping frame.</summary>
    Ping = 0x9,

    /// <summary>A pong frame.</summary>
    Pong = 0xA,
}
