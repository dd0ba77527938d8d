namespace GripProxy.Holds.WebSockets;

/// <summary>Why a client cannot go on where it was, in the words of LOG-02.</summary>
internal static class ResumeReasons
{
    /// <summary>The channel keeps no log.</summary>
    public const string NoLog = "no-log";

    /// <summary>What waited for the origin's answer was too much.</summary>
    public const string Overflow = "overflow";

    /// <summary>The origin was asked and did not subscribe anew.</summary>
    public const string Unavailable = "unavailable";
}
