namespace GripProxy.Channels.Subscriptions;

/// <summary>Why a hold is asked to look at its origin again.</summary>
public enum UpdateCause
{
    /// <summary>Items may have been missed (HTTP-37).</summary>
    Recover,

    /// <summary>The channel is new here: items published before publishers knew of it may be missing (HTTP-36).</summary>
    FirstSubscription,
}
