namespace GripProxy.Plugins.Pipeline;

/// <summary>How events are given to cells (plugins.md §5.2).</summary>
public sealed class DispatchOptions
{
    /// <summary>Events of one batch. 100: crossing to the process is paid once for many.</summary>
    public int Batch { get; init; } = 100;

    /// <summary>Batches under way at a time.</summary>
    public int Tasks { get; init; } = 10;
}
