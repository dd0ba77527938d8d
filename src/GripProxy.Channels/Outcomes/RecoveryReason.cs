namespace GripProxy.Channels.Outcomes;

/// <summary>
/// Why a hold asks its origin for items that its client may have missed (HTTP-33, HTTP-35, LOG-02). <see cref="OutcomeWords"/> has the words.
/// </summary>
public enum RecoveryReason
{
    /// <summary>An item does not follow the last one that the client has seen.</summary>
    PrevId,

    /// <summary>A publisher said that there is something to fetch.</summary>
    Hint,

    /// <summary>A publisher or operator said that items may be missing (HTTP-37).</summary>
    Recover,

    /// <summary>The channel is new here (HTTP-36).</summary>
    FirstSubscription,

    /// <summary>What waited for the client was too much.</summary>
    Overflow,

    /// <summary>A filter failed on an item of a channel whose order is told (FLT-07).</summary>
    FilterError,

    /// <summary>The origin wants its client to go on at a position that nobody keeps.</summary>
    NoLog,

    /// <summary>As <see cref="ResumeOutcome.Epoch"/>.</summary>
    Epoch,

    /// <summary>As <see cref="ResumeOutcome.Expired"/>.</summary>
    Expired,

    /// <summary>As <see cref="ResumeOutcome.Ahead"/>.</summary>
    Ahead,

    /// <summary>As <see cref="ResumeOutcome.Unknown"/>.</summary>
    Unknown,

    /// <summary>As <see cref="ResumeOutcome.Unavailable"/>.</summary>
    Unavailable,
}
