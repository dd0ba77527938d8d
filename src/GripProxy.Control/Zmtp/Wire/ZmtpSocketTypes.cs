namespace GripProxy.Control.Zmtp.Wire;

/// <summary>Names of socket types, and which fit together. Stateless.</summary>
internal static class ZmtpSocketTypes
{
    /// <summary>The name on the wire.</summary>
    public static string NameOf(ZmtpSocketType type) => type switch
    {
        ZmtpSocketType.Pull => "PULL",
        ZmtpSocketType.Sub => "SUB",
        ZmtpSocketType.Pub => "PUB",
        ZmtpSocketType.Push => "PUSH",
        _ => "REP",
    };

    /// <summary>True if a peer of that name may talk to a socket of ours.</summary>
    public static bool Fit(ZmtpSocketType ours, string peer) => ours switch
    {
        ZmtpSocketType.Pull => peer is "PUSH",
        ZmtpSocketType.Sub => peer is "PUB" or "XPUB",
        ZmtpSocketType.Pub => peer is "SUB" or "XSUB",
        ZmtpSocketType.Push => peer is "PULL",
        _ => peer is "REQ" or "DEALER",
    };
}
