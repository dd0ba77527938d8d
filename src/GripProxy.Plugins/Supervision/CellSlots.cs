using System.Collections.Concurrent;
using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>The processes of one tenant: one for all of its installs, or one for each (plugins.md §5.1). Thread-safe. Owned by a keeper.</summary>
/// <param name="tenant">Name of the tenant, with what these processes are for.</param>
/// <param name="parts">What cells are started with.</param>
/// <param name="host">Answers the cells.</param>
/// <param name="load">Loads what belongs into a cell of a slot; never fails.</param>
/// <param name="retirement">Says goodbye to what was loaded.</param>
/// <param name="logger">The log.</param>
internal sealed class CellSlots(
    string tenant, CellParts parts, ICellHost host, Func<CellSlot, RunningCell, Task> load, CopyRetirement retirement, ILogger logger) : IAsyncDisposable
{
    // Stands for all installs where they share one.
    private const int Shared = 0;

    private readonly ConcurrentDictionary<int, Lazy<CellSlot>> _slots = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>True if each install has its own.</summary>
    public bool IsPerInstall => parts.Supervision.Isolation == CellIsolation.Plugin;

    /// <summary>Cancelled when they end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>All that were wanted so far, in the order of the installs' numbers.</summary>
    public IReadOnlyList<CellSlot> All => [.. _slots.OrderBy(static slot => slot.Key).Select(static slot => slot.Value.Value)];

    /// <summary>The cells that run.</summary>
    public IReadOnlyList<RunningCell> Running => [.. All.Select(static slot => slot.Running).OfType<RunningCell>()];

    /// <summary>The slot of an install.</summary>
    public CellSlot Of(InstallStatus status) => IsPerInstall ? Find(status.Install.Number, status) : Find(Shared, null);

    /// <summary>The slots of installs, each once; where all share one, that one.</summary>
    public IReadOnlyList<CellSlot> Of(IEnumerable<InstallStatus> installs) => IsPerInstall ? [.. installs.Select(Of)] : [Find(Shared, null)];

    /// <summary>Tells the plugins that they end, and stops the processes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(All.Select(static slot => slot.DisposeAsync().AsTask()));
        _stopping.Dispose();
    }

    private CellSlot Find(int key, InstallStatus? only) => _slots.GetOrAdd(key, _ => new Lazy<CellSlot>(() => Make(only))).Value;

    private CellSlot Make(InstallStatus? only)
    {
        CellSlot? slot = null;
        slot = new CellSlot(only is null ? tenant : $"{tenant}/{only.Install.Name}", parts, host, running => load(slot!, running), retirement, logger) { Only = only }; // It is there before it runs.
        return slot;
    }
}
