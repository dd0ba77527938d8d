using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Runs;

/// <summary>
/// The long runs of all tenants, in a file of this node or shared by several nodes: whoever begins one has it until it leaves it, or is gone (plugins.md §9.4). Every
/// method may throw <see cref="StateUnavailableException"/>: it cannot be stored or read now. Thread-safe. Owned by the running plugins.
/// </summary>
internal interface IRunStore : IAsyncDisposable
{
    /// <summary>Runs of a tenant that may be under way at a time, on all nodes together.</summary>
    const int AtATime = 4;

    /// <summary>Runs of a tenant that may wait or be under way.</summary>
    const int MostOpen = 1000;

    /// <summary>Bytes of their payloads in all.</summary>
    const long MostBytes = 16 * 1024 * 1024;

    /// <summary>Runs of a tenant that are over and are kept.</summary>
    const int Kept = 1000;

    /// <summary>Bytes of those in all.</summary>
    const long KeptBytes = 64 * 1024 * 1024;

    /// <summary>True: other nodes begin, end and cancel runs too, so it is looked at now and then.</summary>
    bool IsShared { get; }

    /// <summary>Stores a run that waits.</summary>
    /// <returns>The run with its number, or null: as many, or as much, wait as may.</returns>
    Task<RunRecord?> AddAsync(RunRecord run);

    /// <summary>A run, or null.</summary>
    Task<RunRecord?> FindAsync(int tenant, long id);

    /// <summary>Runs of a tenant, the newest first, without what they were given, left and gave: a list shows none of it, and it may be large.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="install">Number of the install, or null for all.</param>
    /// <param name="state">Only in this state, or null for all.</param>
    /// <param name="before">Only those before this number, or null: from the newest.</param>
    /// <param name="limit">At most so many.</param>
    Task<IReadOnlyList<RunRecord>> ListAsync(int tenant, int? install, RunState? state, long? before, int limit);

    /// <summary>
    /// Begins the oldest run that waits and may begin; also one that a node left which is gone. Of those that were in a process when it ended only one is under way at a
    /// time: one of them ended it, and alone among them it takes no other with it again.
    /// </summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="ready">Installs that run here.</param>
    /// <param name="known">Installs that there are; a run of another one is given out too, so that it ends.</param>
    /// <returns>The run as it is now, or null: there is none, or as many are under way as may.</returns>
    Task<RunRecord?> BeginAsync(int tenant, IReadOnlyCollection<int> ready, IReadOnlyCollection<int> known);

    /// <summary>False: a run that was begun here is not this node's any more.</summary>
    bool IsHeld(RunRecord run);

    /// <summary>Stores how far a run is that was begun here.</summary>
    /// <returns>False: it is not this node's any more, and nothing was stored.</returns>
    Task<bool> NoteAsync(RunRecord run);

    /// <summary>Stores that a run which was begun here is over, or waits again.</summary>
    Task<RunLeave> LeaveAsync(RunRecord run);

    /// <summary>Ends a run that waits; one that is under way is to be told (<see cref="CancelledAsync"/>).</summary>
    /// <returns>False: there is no run of this number that is not over.</returns>
    Task<bool> CancelAsync(int tenant, long id);

    /// <summary>Runs of a tenant that are under way and that somebody wants ended.</summary>
    Task<IReadOnlyCollection<long>> CancelledAsync(int tenant);
}
