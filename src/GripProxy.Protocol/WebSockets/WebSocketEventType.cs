namespace GripProxy.Protocol.WebSockets;

/// <summary>Types of the events of WebSocket-over-HTTP (WOH-03).</summary>
public enum WebSocketEventType
{
    /// <summary><c>OPEN</c>: a client wants to connect; or the origin agrees.</summary>
    Open,

    /// <summary><c>TEXT</c>: a text message.</summary>
    Text,

    /// <summary><c>BINARY</c>: a binary message.</summary>
    Binary,

    /// <summary><c>PING</c>: a ping.</summary>
    Ping,

    /// <summary><c>PONG</c>: a pong.</summary>
    Pong,

    /// <summary><c>CLOSE</c>: an orderly end; the content is that of a close frame (<see cref="WebSocketClose"/>), or nothing.</summary>
    Close,

    /// <summary><c>DISCONNECT</c>: the connection is lost, or shall be cut.</summary>
    Disconnect,
}
