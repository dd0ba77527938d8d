namespace GripProxy.Plugins.Pipeline;

/// <summary>How events are given to cells (plugins.md §5.2).</summary>
public sealed class DispatchOptions
{
    /// <summary>Events of one batch. 100: crossing to the process is paid once for many.</summary>
    public int Batch { get; init; } = 100;

    /// <summary>Batches under way at a time.</summary>
    public int Tasks { get; init; } = 10;

    /// <summary>True: while an event waits to be tried again, later ones of its distinct id wait behind it; of one id there is one event in a batch then.
    /// False: they overtake it, so that one bad event stops nobody.</summary>
    public bool Strict { get; init; }
}
