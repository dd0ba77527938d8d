namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>What became of messages that a client sent (SJS-03).</summary>
internal enum SockJsSendResult
{
    /// <summary>All are on their way to the origin.</summary>
    Taken,

    /// <summary>An earlier request's messages are not all on their way yet.</summary>
    Busy,

    /// <summary>The session is over.</summary>
    NoSession,
}
