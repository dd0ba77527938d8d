namespace GripProxy.Protocol.WebSockets;

/// <summary>Why a body of type <c>application/websocket-events</c> cannot be read (WOH-03).</summary>
public enum WebSocketEventError
{
    /// <summary>No error.</summary>
    None,

    /// <summary>The body ends within the line that begins an event.</summary>
    UnendedLine,

    /// <summary>What follows the type is no length in hexadecimal.</summary>
    InvalidLength,

    /// <summary>The content is shorter than its length says.</summary>
    ContentCutOff,

    /// <summary>The content does not end with a line break: it is longer than its length says.</summary>
    ContentTooLong,
}
