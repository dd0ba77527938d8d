namespace GripProxy.Control.Zmtp.Wire;

/// <summary>What a fault is called in metrics, and how the log says it. Stateless.</summary>
internal static class ZmtpFaultWords
{
    /// <summary>The word, for metric labels.</summary>
    public static string Word(ZmtpFault fault) => fault switch
    {
        ZmtpFault.NotZmtp => "not_zmtp",
        ZmtpFault.OldVersion => "old_version",
        ZmtpFault.Mechanism => "mechanism",
        ZmtpFault.Timeout => "timeout",
        ZmtpFault.WrongType => "wrong_type",
        ZmtpFault.Malformed => "malformed",
        ZmtpFault.TooLarge => "too_large",
        ZmtpFault.TooManySubscriptions => "too_many_subscriptions",
        ZmtpFault.TooManyPeers => "too_many_peers",
        ZmtpFault.TooSlow => "too_slow",
        ZmtpFault.PeerError => "peer_error",
        _ => "none",
    };

    /// <summary>The end of a sentence that begins with the peer.</summary>
    public static string Text(ZmtpFault fault) => fault switch
    {
        ZmtpFault.NotZmtp => "it does not speak ZMTP",
        ZmtpFault.OldVersion => "it speaks an old version of ZMTP; 3.0 or later is needed, as libzmq has it since 4.0",
        ZmtpFault.Mechanism => "it wants a security mechanism; only NULL is served",
        ZmtpFault.Timeout => "it did not finish its handshake in time",
        ZmtpFault.WrongType => "its socket type does not fit",
        ZmtpFault.Malformed => "it sent what ZMTP does not allow",
        ZmtpFault.TooLarge => "it sent a message that is too large",
        ZmtpFault.TooManySubscriptions => "it has too many subscriptions",
        ZmtpFault.TooManyPeers => "there are too many peers",
        ZmtpFault.TooSlow => "it does not read what is sent to it",
        ZmtpFault.PeerError => "it says that something is wrong on our side",
        _ => "it went away",
    };
}
