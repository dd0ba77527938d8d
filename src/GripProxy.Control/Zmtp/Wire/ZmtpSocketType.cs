namespace GripProxy.Control.Zmtp.Wire;

/// <summary>The kinds of sockets that the doors are, and the one of publishers.</summary>
internal enum ZmtpSocketType
{
    /// <summary>Takes messages of PUSH peers.</summary>
    Pull,

    /// <summary>Takes messages of publishers that it subscribed to.</summary>
    Sub,

    /// <summary>Sends messages to those who subscribed.</summary>
    Pub,

    /// <summary>Answers requests.</summary>
    Rep,

    /// <summary>Sends messages to a PULL peer.</summary>
    Push,
}
