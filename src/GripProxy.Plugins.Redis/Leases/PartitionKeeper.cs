using GripProxy.Redis.Partitions;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Leases;

/// <summary>
/// The partitions that this node works on. They are spread evenly over the nodes; one that is to go to another node is let go in an orderly way: nothing new of it
/// begins, what is under way ends, then its lease is given back (plugins.md §12.4). Thread-safe; one loop takes and gives. Owned by the cluster.
/// </summary>
internal sealed partial class PartitionKeeper : IAsyncDisposable
{
    /// <summary>Partitions in all.</summary>
    public const int Count = 16;

    // As long as a call of a plugin may take.
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(35);
    private static readonly PartitionMap Map = new(shards: Count / PartitionMap.PerShard);
    private static readonly string[] Names = [.. Enumerable.Range(0, Count).Select(static i => $"p{i}")];

    private readonly Lease?[] _leases = new Lease?[Count];
    private readonly bool[] _isLeaving = new bool[Count];
    private readonly Task?[] _leaving = new Task?[Count];
    private readonly CancellationTokenSource _stopping = new();
    private readonly RedisLeaseStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _first;
    private Task _looking = Task.CompletedTask;

    /// <summary>Has none yet.</summary>
    public PartitionKeeper(RedisLeaseStore store, TimeProvider time, ILogger<PartitionKeeper> logger)
    {
        _store = store;
        _time = time;
        _logger = logger;
        _first = PartitionOf(store.Node);
    }

    /// <summary>The partition of a text, the same on all nodes.</summary>
    public static int PartitionOf(string text) => Map.Of(text);

    /// <summary>Told when this node has partitions that it did not have before.</summary>
    public Action Gained { get; set; } = static () => { };

    /// <summary>Called when partitions are not this node's any more: nothing of them is to begin. Completes when nothing of them is under way.</summary>
    public Func<Task> LetGo { get; set; } = static () => Task.CompletedTask;

    /// <summary>The partitions whose work may begin here, with the epochs of their leases.</summary>
    public IReadOnlyList<(int Partition, long Epoch)> Mine =>
        [.. Enumerable.Range(0, Count).Where(IsMine).Select(i => (i, Volatile.Read(ref _leases[i])?.Epoch ?? 0))];

    /// <summary>True: work of a partition may begin here.</summary>
    public bool IsMine(int partition) => !Volatile.Read(ref _isLeaving[partition]) && Volatile.Read(ref _leases[partition])?.IsHeld == true;

    /// <summary>True: work that was read under a lease may end here; false also where this node has the partition again, under another lease.</summary>
    public bool IsHeld(int partition, long epoch) => Volatile.Read(ref _leases[partition]) is { IsHeld: true } lease && lease.Epoch == epoch;

    /// <summary>Begins to take partitions.</summary>
    public void Start() => _looking = LookLoop.RunAsync(
        // Without this loop the node would neither take nor give again.
        BalanceAsync, fault => Log.NotSeen(_logger, fault.Message), e => Log.NotBalanced(_logger, e), _time, _stopping.Token);

    /// <summary>Takes and gives as the nodes are now. Not while it has been started.</summary>
    public async Task BalanceAsync()
    {
        var lost = Forget();
        if (lost > 0)
        {
            Log.Lost(_logger, lost);
            // Their end is not waited for: others may have begun with them.
            _ = LetGo();
        }

        var (nodes, holders) = await _store.LookAsync(Names);
        var share = PartitionPlan.ShareOf(_store.Node, nodes, holders);
        var mine = Enumerable.Range(0, Count).Where(i => _leases[i] is not null).ToList();
        var staying = mine.Where(i => _leaving[i] is null).ToList();
        foreach (var partition in staying.Skip(share))
        {
            // First, so that nothing of it begins any more.
            Volatile.Write(ref _isLeaving[partition], true);
            _leaving[partition] = LeaveAsync(partition);
        }

        if (mine.Count < share)
            await TakeAsync([.. Enumerable.Range(0, Count).Where(i => holders[i].Length == 0 && _leases[i] is null)], share - mine.Count);
    }

    /// <summary>Takes no more. Nothing is under way any more; the leases are given back with their store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
        await Task.WhenAll(_leaving.OfType<Task>());
        foreach (var lease in _leases.OfType<Lease>())
            await lease.DisposeAsync();
        _stopping.Dispose();
    }

    private int Forget()
    {
        var lost = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_leaving[i] is { IsCompleted: true })
            {
                Volatile.Write(ref _leases[i], null);
                _leaving[i] = null;
                Volatile.Write(ref _isLeaving[i], false);
            }
            else if (_leases[i] is { IsHeld: false } && _leaving[i] is null)
            {
                _leases[i] = null;
                lost++;
            }
        }

        return lost;
    }

    private async Task TakeAsync(int[] free, int count)
    {
        // Each node begins elsewhere, so that they seldom ask for the same.
        var first = _first % Math.Max(1, free.Length);
        var taken = 0;
        foreach (var partition in free.Skip(first).Concat(free.Take(first)))
        {
            if (taken == count)
                break;
            if (await _store.TryTakeAsync(Names[partition]) is not { } lease)
                continue;
            Volatile.Write(ref _leases[partition], lease);
            taken++;
        }

        if (taken == 0)
            return;
        Log.Taken(_logger, taken, Mine.Count);
        Gained();
    }

    private async Task LeaveAsync(int partition)
    {
        await Task.Yield();
        try
        {
            await LetGo().WaitAsync(Handover, _time, _stopping.Token);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // What has not ended comes too late: the next holder does it again.
        }
        catch (Exception e)
        {
            // The lease goes back all the same: renewed for ever, it would keep the partition from everybody.
            Log.NotBalanced(_logger, e);
        }

        await _leases[partition]!.DisposeAsync(); // It is there until this has ended.
        Log.Left(_logger, partition);
    }

    private static partial class Log
    {
        [LoggerMessage(7910, LogLevel.Information, "this node works on {Taken} more partitions of events, {Count} in all", EventName = "PartitionsTaken")]
        public static partial void Taken(ILogger logger, int taken, int count);

        [LoggerMessage(7911, LogLevel.Information, "partition {Partition} of events goes to another node", EventName = "PartitionLeft")]
        public static partial void Left(ILogger logger, int partition);

        [LoggerMessage(7912, LogLevel.Warning, "this node has lost {Count} partitions of events, because their leases were not renewed", EventName = "PartitionsLost")]
        public static partial void Lost(ILogger logger, int count);

        [LoggerMessage(7913, LogLevel.Debug, "which nodes work on events is not known: {Reason}", EventName = "PartitionsNotSeen")]
        public static partial void NotSeen(ILogger logger, string reason);

        [LoggerMessage(7914, LogLevel.Error, "partitions of events were not taken or let go in order", EventName = "PartitionsNotBalanced")]
        public static partial void NotBalanced(ILogger logger, Exception exception);
    }
}
