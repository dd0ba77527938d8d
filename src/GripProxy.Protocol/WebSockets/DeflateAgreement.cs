namespace GripProxy.Protocol.WebSockets;

/// <summary>What an origin answered to the offer of compression (RFC 7692 §7.1).</summary>
public enum DeflateAgreement
{
    /// <summary>Messages are not compressed.</summary>
    None,

    /// <summary>Messages may be compressed in both directions.</summary>
    Agreed,

    /// <summary>The answer accepts what was not offered: there can be no WebSocket to this origin.</summary>
    Invalid,
}
