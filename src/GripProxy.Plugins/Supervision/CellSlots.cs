using System.Collections.Concurrent;
using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// The processes of one tenant: one for all of its installs, or one for each (plugins.md §5.1), and of each as many replicas as there are (plugins.md §5.6). The first of
/// them leads: it does what is done once, the others follow. Thread-safe. Owned by a keeper.
/// </summary>
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

    private readonly ConcurrentDictionary<(int Install, int Replica), Lazy<CellSlot>> _slots = new();
    private readonly CancellationTokenSource _stopping = new();

    // Long runs do not share events, and where all tenants are in one process there is one.
    private volatile int _replicas = parts.Role.Length > 0 || parts.Shared is not null ? 1 : Math.Max(1, parts.Supervision.Replicas);

    /// <summary>True if each install has its own.</summary>
    public bool IsPerInstall => parts.Supervision.Isolation == CellIsolation.Plugin;

    /// <summary>How many share the events.</summary>
    public int Replicas
    {
        get => _replicas;
        set => _replicas = value;
    }

    /// <summary>Cancelled when they end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>All that were wanted so far, in the order of the installs' numbers, then of their replicas.</summary>
    public IReadOnlyList<CellSlot> All => [.. _slots.OrderBy(static slot => slot.Key).Select(static slot => slot.Value.Value)];

    /// <summary>The cells that run.</summary>
    public IReadOnlyList<RunningCell> Running => [.. All.Select(static slot => slot.Running).OfType<RunningCell>()];

    /// <summary>The slot of an install.</summary>
    /// <param name="status">The install.</param>
    /// <param name="replica">Which of its replicas, from 0.</param>
    public CellSlot Of(InstallStatus status, int replica = 0) => IsPerInstall ? Find(status.Install.Number, replica, status) : Find(Shared, replica, null);

    /// <summary>The slots of installs, each once; where all share one, that one.</summary>
    public IReadOnlyList<CellSlot> Of(IEnumerable<InstallStatus> installs, int replica) =>
        IsPerInstall ? [.. installs.Select(status => Of(status, replica))] : [Find(Shared, replica, null)];

    /// <summary>All replicas of a slot that were wanted so far, that which leads first.</summary>
    public IReadOnlyList<CellSlot> EachOf(InstallStatus status)
    {
        var leader = Of(status);
        return [leader, .. FollowersOf(leader)];
    }

    /// <summary>The replica that leads those of a slot.</summary>
    public CellSlot LeaderOf(CellSlot slot) => Find(KeyOf(slot), 0, slot.Only);

    /// <summary>Another replica of a slot.</summary>
    public CellSlot ReplicaOf(CellSlot slot, int replica) => Find(KeyOf(slot), replica, slot.Only);

    /// <summary>Whether a copy of an install serves in a cell now.</summary>
    /// <param name="status">The install.</param>
    /// <param name="except">A slot that does not count, or null.</param>
    public bool Serves(InstallStatus status, CellSlot? except = null) => EachOf(status).Any(slot => slot != except && slot.Running?.Find(status) is not null);

    /// <summary>Tells the plugins that they end, and stops the processes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(All.Select(static slot => slot.DisposeAsync().AsTask()));
        _stopping.Dispose();
    }

    private static int KeyOf(CellSlot slot) => slot.Only?.Install.Number ?? Shared;

    private IEnumerable<CellSlot> FollowersOf(CellSlot leader) => _slots.Count == 1 ? [] : All.Where(slot => slot.Replica > 0 && slot.Only == leader.Only);

    private CellSlot Find(int key, int replica, InstallStatus? only) => _slots.GetOrAdd((key, replica), _ => new Lazy<CellSlot>(() => Make(replica, only))).Value;

    private CellSlot Make(int replica, InstallStatus? only)
    {
        CellSlot? slot = null;
        var name = (only is null ? tenant : $"{tenant}/{only.Install.Name}") + (replica == 0 ? "" : $"#{replica + 1}");
        slot = new CellSlot(name, parts, host, running => load(slot!, running), retirement, logger) { Only = only, Replica = replica }; // It is there before it runs.
        return slot;
    }
}
