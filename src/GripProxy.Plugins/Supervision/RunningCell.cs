using System.Collections.Concurrent;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Supervision;

/// <summary>A cell and the copies that are ready in it. The list is replaced as a whole, under the lock. Thread-safe.</summary>
internal sealed class RunningCell(Cell cell) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<InstallStatus, SemaphoreSlim> _turns = new();
    private IReadOnlyList<LiveCopy> _copies = [];
    private bool _closed;

    /// <summary>The cell.</summary>
    public Cell Cell => cell;

    /// <summary>Held by who loads something: one after the other, so that it is known whose modules ended the process.</summary>
    public SemaphoreSlim Loading { get; } = new(1);

    /// <summary>Completes when every install was loaded and set up, or failed to; never fails.</summary>
    public Task Loaded { get; set; } = Task.CompletedTask;

    /// <summary>Copies that are ready, in the order of the chain.</summary>
    public IReadOnlyList<LiveCopy> Copies
    {
        get
        {
            // Who was told that a copy serves may be faster than the list.
            lock (_gate)
                return _copies;
        }
    }

    /// <summary>Copies with a place in the chain.</summary>
    public IReadOnlyList<LiveCopy> Chain => [.. Copies.Where(copy => copy.Capabilities.Processes)];

    /// <summary>The copy of an install, or null.</summary>
    public LiveCopy? Find(InstallStatus status) => Copies.FirstOrDefault(copy => copy.Status == status);

    /// <summary>Held by who changes what is loaded of an install.</summary>
    public SemaphoreSlim TurnOf(InstallStatus status) => _turns.GetOrAdd(status, static _ => new SemaphoreSlim(1));

    /// <summary>Begins to use copies: they stay loaded until each is left.</summary>
    /// <param name="wanted">Which.</param>
    /// <returns>Null if the cell is being stopped.</returns>
    public IReadOnlyList<LiveCopy>? TryEnter(Func<LiveCopy, bool> wanted)
    {
        lock (_gate)
        {
            if (_closed)
                return null;
            IReadOnlyList<LiveCopy> entered = [.. _copies.Where(copy => copy.Status.MayRun && wanted(copy))];
            foreach (var copy in entered)
                copy.Enter();
            return entered;
        }
    }

    /// <summary>Puts a copy into its place, where one of the same install goes, unless it is not wanted any more.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="serves">Asked while nobody begins to use copies: whether it is wanted.</param>
    /// <returns>What was taken away, or null: it is not wanted.</returns>
    public IReadOnlyList<LiveCopy>? Put(LiveCopy copy, Func<bool> serves)
    {
        lock (_gate)
            return !_closed && serves() ? Change(copies => copies.Where(one => one.Status != copy.Status).Append(copy)) : null;
    }

    /// <summary>Takes the copies of an install away.</summary>
    /// <returns>What was taken away.</returns>
    public IReadOnlyList<LiveCopy> Remove(InstallStatus status) => Change(copies => copies.Where(one => one.Status != status));

    /// <summary>Takes all copies away, for good.</summary>
    /// <returns>What was taken away.</returns>
    public IReadOnlyList<LiveCopy> Close()
    {
        lock (_gate)
        {
            _closed = true;
            return Change(static _ => []);
        }
    }

    /// <summary>The places have changed.</summary>
    public void Sort() => Change(static copies => copies);

    /// <inheritdoc/>
    public void Dispose() => Loading.Dispose();

    private IReadOnlyList<LiveCopy> Change(Func<IReadOnlyList<LiveCopy>, IEnumerable<LiveCopy>> change)
    {
        lock (_gate)
        {
            var before = _copies;
            _copies = [.. change(before).OrderBy(one => one.Status.Install.Order).ThenBy(one => one.Status.Install.Number)];
            return [.. before.Except(_copies)];
        }
    }
}
