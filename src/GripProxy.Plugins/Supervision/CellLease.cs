namespace GripProxy.Plugins.Supervision;

/// <summary>The use of copies in their cells. Whoever holds it may call them, whatever is switched meanwhile (plugins.md §6.2). Ended by its owner.</summary>
/// <param name="copies">The copies, in the order of the chain.</param>
internal sealed class CellLease(IReadOnlyList<LiveCopy> copies) : IDisposable
{
    private bool _ended;

    /// <summary>The copies, in the order of the chain.</summary>
    public IReadOnlyList<LiveCopy> Copies => copies;

    /// <summary>Installs that were left out because they have not started yet.</summary>
    public IReadOnlyList<InstallStatus> PassedBy { get; set; } = [];

    /// <summary>Begins to use copies of cells.</summary>
    /// <returns>Null if one of the cells is being stopped.</returns>
    public static CellLease? TryEnter(IReadOnlyList<RunningCell> cells, Func<LiveCopy, bool> wanted)
    {
        List<LiveCopy> entered = [];
        foreach (var cell in cells)
        {
            if (cell.TryEnter(wanted) is { } copies)
            {
                entered.AddRange(copies);
                continue;
            }

            entered.ForEach(static copy => copy.Leave());
            return null;
        }

        return new CellLease([.. entered.OrderBy(static copy => copy.Status.Install.Order).ThenBy(static copy => copy.Status.Install.Number)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, true))
            return;
        foreach (var copy in copies)
            copy.Leave();
    }
}
