namespace GripProxy.Plugins.Egress;

/// <summary>What a redirect leads to.</summary>
internal enum RedirectMode
{
    /// <summary>It is followed, five times at most.</summary>
    Follow,

    /// <summary>It is the answer.</summary>
    Manual,

    /// <summary>It is a failure.</summary>
    Error,
}
