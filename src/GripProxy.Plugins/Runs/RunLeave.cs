namespace GripProxy.Plugins.Runs;

/// <summary>What became of the wish to leave a run.</summary>
internal enum RunLeave
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>The run is not this node's any more; nothing was stored.</summary>
    Lost,

    /// <summary>It would have waited again, but somebody wants it ended; nothing was stored.</summary>
    Cancelled,
}
