namespace GripProxy.Holds.Messages;

/// <summary>Why a client does not get a channel that it asked for (SIG-01).</summary>
public enum SubscribeRefusal
{
    /// <summary>It gets it.</summary>
    None,

    /// <summary>Nobody allowed it.</summary>
    NotAllowed,

    /// <summary>It has as many channels as a connection may have.</summary>
    TooMany,

    /// <summary>That is no name of a channel.</summary>
    BadChannel,
}
