namespace GripProxy.Protocol.WebSockets;

/// <summary>
/// One step of a WebSocket conversation as it passes from one side to the other (WS-03): a fragment of a message, or a control frame. Frames on
/// the wire may be cut elsewhere.
/// </summary>
/// <param name="Kind">What it is; every fragment of a message has the message's kind.</param>
/// <param name="Content">Bytes without framing and compression. Who was given a part may use them until asking for the next one.</param>
/// <param name="IsFirst">True for the first fragment of a message, and for everything that is not a message.</param>
/// <param name="IsLast">True for the last fragment of a message, and for everything that is not a message.</param>
/// <param name="EndsFrame">
/// True if the frame that the part was read from ends with it, as far as the reader can tell; false: more of the frame follows. Some rules look at
/// the first frame of a message (WS-11). Means nothing for parts to be written.
/// </param>
public readonly record struct WebSocketPart(
    WebSocketPartKind Kind, ReadOnlyMemory<byte> Content, bool IsFirst = true, bool IsLast = true, bool EndsFrame = true)
{
    /// <summary>The peer is gone.</summary>
    public static WebSocketPart Lost { get; } = new(WebSocketPartKind.Lost, default);

    /// <summary>True for fragments of text and binary messages.</summary>
    public bool IsMessage => Kind is WebSocketPartKind.Text or WebSocketPartKind.Binary;
}
