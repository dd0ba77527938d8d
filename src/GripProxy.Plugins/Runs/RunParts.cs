using GripProxy.Plugins.Post;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Runs;

/// <summary>What the long runs of a tenant work with. Immutable.</summary>
internal sealed record RunParts
{
    /// <summary>Where they are stored.</summary>
    public required IRunStore Store { get; init; }

    /// <summary>The plugins as they are in service: what runs and what does not.</summary>
    public required IPluginCalls Main { get; init; }

    /// <summary>The cell of the runs. Owned by the runs.</summary>
    public required CellKeeper Cells { get; init; }

    /// <summary>Calls plugins in that cell.</summary>
    public required IPluginCalls Calls { get; init; }

    /// <summary>Time that a run may take; zero: any.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Time for a run to end once it was told to.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
