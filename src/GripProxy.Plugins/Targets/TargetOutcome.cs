namespace GripProxy.Plugins.Targets;

/// <summary>What became of an item for another proxy; the word stands in the metric.</summary>
internal enum TargetOutcome
{
    /// <summary>It took it.</summary>
    Sent,

    /// <summary>It did not, also when it was asked again.</summary>
    Failed,

    /// <summary>Too many items waited for it.</summary>
    Dropped,
}
