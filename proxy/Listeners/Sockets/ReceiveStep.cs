namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>What follows a receive.</summary>
internal enum ReceiveStep
{
    /// <summary>More may be there.</summary>
    Again,

    /// <summary>The client has to send something.</summary>
    Wait,

    /// <summary>Nothing is received until the reader has looked at what is there.</summary>
    Pause,

    /// <summary>Nothing is received any more.</summary>
    Stop,
}
