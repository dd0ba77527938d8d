using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Supervision;

/// <summary>The use of copies in a cell. Whoever holds it may call them, whatever is switched meanwhile (plugins.md §6.2). Ended by its owner.</summary>
/// <param name="running">The cell.</param>
/// <param name="copies">The copies, in the order of the chain.</param>
internal sealed class CellLease(RunningCell running, IReadOnlyList<LiveCopy> copies) : IDisposable
{
    private bool _ended;

    /// <summary>The cell.</summary>
    public Cell Cell => running.Cell;

    /// <summary>The copies, in the order of the chain.</summary>
    public IReadOnlyList<LiveCopy> Copies => copies;

    /// <summary>Installs that were left out because they have not started yet.</summary>
    public IReadOnlyList<InstallStatus> PassedBy { get; set; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, true))
            return;
        foreach (var copy in copies)
            copy.Leave();
    }
}
