namespace GripProxy.Control.Zmtp.Wire;

/// <summary>Why a peer is dropped.</summary>
internal enum ZmtpFault
{
    /// <summary>It is not: it went away.</summary>
    None,

    /// <summary>It does not speak ZMTP.</summary>
    NotZmtp,

    /// <summary>It speaks ZMTP 1 or 2.</summary>
    OldVersion,

    /// <summary>It wants another security mechanism than NULL.</summary>
    Mechanism,

    /// <summary>It did not get ready in time.</summary>
    Timeout,

    /// <summary>Its socket type does not fit.</summary>
    WrongType,

    /// <summary>It sent what ZMTP does not allow.</summary>
    Malformed,

    /// <summary>It sent a message that is too large, or one of too many parts.</summary>
    TooLarge,

    /// <summary>It subscribed to too much.</summary>
    TooManySubscriptions,

    /// <summary>There are too many peers already.</summary>
    TooManyPeers,

    /// <summary>It does not read what must not be lost.</summary>
    TooSlow,

    /// <summary>It said itself that something is wrong.</summary>
    PeerError,
}
