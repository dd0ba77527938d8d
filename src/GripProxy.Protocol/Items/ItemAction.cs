namespace GripProxy.Protocol.Items;

/// <summary>What a format asks for (PUB-16).</summary>
public enum ItemAction
{
    /// <summary>Deliver the content.</summary>
    Send,

    /// <summary>Something may be new: ask the origin again.</summary>
    Hint,

    /// <summary>End the stream or WebSocket; nothing for response holds.</summary>
    Close,

    /// <summary>Make a WebSocket-over-HTTP session ask its origin now (WOH-15); nothing elsewhere.</summary>
    Refresh,
}
