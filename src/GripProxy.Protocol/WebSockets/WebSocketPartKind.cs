namespace GripProxy.Protocol.WebSockets;

/// <summary>What a <see cref="WebSocketPart"/> is.</summary>
public enum WebSocketPartKind
{
    /// <summary>A text message, or a fragment of one.</summary>
    Text,

    /// <summary>A binary message, or a fragment of one.</summary>
    Binary,

    /// <summary>A ping frame.</summary>
    Ping,

    /// <summary>A pong frame.</summary>
    Pong,

    /// <summary>A close frame; its content is two bytes of code in network order and a reason in UTF-8, or nothing. Nothing follows it.</summary>
    Close,

    /// <summary>The peer broke RFC 6455 or a limit; the content is that of the close frame it has earned. Only read, never written. Nothing follows it.</summary>
    Violation,

    /// <summary>The peer is gone without a close frame. Only read, never written. Nothing follows it.</summary>
    Lost,
}
