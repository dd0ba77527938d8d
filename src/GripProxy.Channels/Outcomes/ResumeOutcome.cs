namespace GripProxy.Channels.Outcomes;

/// <summary>Whether somebody goes on where he was, and if not, why (LOG-02). The same words stand in logs, metrics, traces and the API.</summary>
public enum ResumeOutcome
{
    /// <summary>He does.</summary>
    Resumed,

    /// <summary>The history was started anew.</summary>
    Epoch,

    /// <summary>Items after the position are no longer kept.</summary>
    Expired,

    /// <summary>The position is beyond the newest item.</summary>
    Ahead,

    /// <summary>Not a position, or not one of the hold's channels.</summary>
    Unknown,

    /// <summary>The channel keeps no log.</summary>
    NoLog,

    /// <summary>The log, or an origin that was asked instead, cannot be reached now.</summary>
    Unavailable,

    /// <summary>The log moved past the reader, or the reader's queue overflowed.</summary>
    Overflow,
}
