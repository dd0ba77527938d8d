namespace GripProxy.Plugins.Direct;

/// <summary>What became of a call that somebody waits for.</summary>
internal enum DirectOutcome
{
    /// <summary>It gave something.</summary>
    Done,

    /// <summary>There is no such function, or its plugin does not run: nobody outside sees which.</summary>
    Unknown,

    /// <summary>The plugin threw.</summary>
    Threw,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The plugin starts, its process could not be started, or it ended over the call.</summary>
    NoCell,

    /// <summary>As many calls of the tenant are under way as may.</summary>
    Busy,
}
