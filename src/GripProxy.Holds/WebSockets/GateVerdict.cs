namespace GripProxy.Holds.WebSockets;

/// <summary>What is to be done with a part of what the origin says (WS-11).</summary>
internal enum GateVerdict
{
    /// <summary>Nothing, at least not yet.</summary>
    Keep,

    /// <summary>Nothing of its message is used: it does not begin with the prefix of those for the client.</summary>
    Drop,

    /// <summary>It goes to the client.</summary>
    Pass,

    /// <summary>A control message for the proxy is complete.</summary>
    Control,

    /// <summary>A control message cannot be used: it is longer than one frame, or than any that makes sense. Nothing of it counts.</summary>
    Refuse,
}
