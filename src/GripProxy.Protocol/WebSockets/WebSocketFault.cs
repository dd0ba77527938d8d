namespace GripProxy.Protocol.WebSockets;

/// <summary>How a peer broke RFC 6455, or a limit of ours. <see cref="WebSocketFaultCloses"/> says what it hears about it.</summary>
public enum WebSocketFault
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>A reserved bit that no extension gave a meaning, or one that was given it in another place (RFC 7692 §6).</summary>
    ReservedBits,

    /// <summary>A reserved opcode.</summary>
    Opcode,

    /// <summary>A client's frame without mask, or an origin's with one (§5.1).</summary>
    Masking,

    /// <summary>A length that is not written as short as it can be, or is beyond 63 bits (§5.2).</summary>
    Length,

    /// <summary>A control frame that is fragmented or longer than 125 bytes (§5.5).</summary>
    ControlFrame,

    /// <summary>A continuation of nothing, or a new message before the end of the last (§5.4).</summary>
    Order,

    /// <summary>A text message that is not UTF-8 (§8.1).</summary>
    Text,

    /// <summary>A close frame of one byte, or with a code that may not be sent (§7.4).</summary>
    CloseContent,

    /// <summary>A message longer than <c>[limits] ws_message</c>.</summary>
    TooBig,

    /// <summary>A compressed message that cannot be decompressed.</summary>
    Compression,
}
