using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Supervision;

/// <summary>A cell and the copies that are ready in it. The list is replaced as a whole, by the keeper only.</summary>
internal sealed class RunningCell(Cell cell)
{
    private volatile IReadOnlyList<LiveCopy> _copies = [];

    /// <summary>The cell.</summary>
    public Cell Cell => cell;

    /// <summary>Completes when every install was loaded and set up, or failed to; never fails.</summary>
    public Task Loaded { get; set; } = Task.CompletedTask;

    /// <summary>Copies that are ready, in the order of the chain.</summary>
    public IReadOnlyList<LiveCopy> Copies => _copies;

    /// <summary>Copies with a place in the chain.</summary>
    public IReadOnlyList<LiveCopy> Chain => [.. _copies.Where(copy => copy.Capabilities.Processes)];

    /// <summary>Puts a copy into its place.</summary>
    public void Add(LiveCopy copy) => _copies =
        [.. _copies.Append(copy).OrderBy(one => one.Status.Install.Order).ThenBy(one => one.Status.Install.Number)];

    /// <summary>Takes the copies of an install away.</summary>
    /// <returns>What was taken away.</returns>
    public IReadOnlyList<LiveCopy> Remove(InstallStatus status)
    {
        IReadOnlyList<LiveCopy> gone = [.. _copies.Where(copy => copy.Status == status)];
        _copies = [.. _copies.Except(gone)];
        return gone;
    }
}
