namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>The life of a session over HTTP (SJS-03), in its order; phases may be left out.</summary>
internal enum SockJsPhase
{
    /// <summary>The origin is being asked.</summary>
    Opening,

    /// <summary>Messages pass.</summary>
    Open,

    /// <summary>The client has closed it, and the origin is being told.</summary>
    ClientClosed,

    /// <summary>The origin or a publisher has closed it; the client shall hear that after what waits for it.</summary>
    Closing,

    /// <summary>The client has heard it, and hears it again for a while if it asks.</summary>
    Closed,

    /// <summary>Nobody knows the session any more.</summary>
    Ended,
}
