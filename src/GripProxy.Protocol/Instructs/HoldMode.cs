namespace GripProxy.Protocol.Instructs;

/// <summary>What an instruct asks to do with the client's request.</summary>
public enum HoldMode
{
    /// <summary>Answer at once (HTTP-15), or follow the next link if there is one.</summary>
    None,

    /// <summary>Long-polling: keep the request until an item or the timeout answers it (HTTP-24).</summary>
    Response,

    /// <summary>Streaming: send the template at once, then every item (HTTP-27).</summary>
    Stream,
}
