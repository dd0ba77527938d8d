using GripProxy.Plugins.Runs;

namespace GripProxy.Plugins.Tests.Runs;

/// <summary>A store that a test lets fail.</summary>
internal sealed class RunStoreInFront(IRunStore behind) : IRunStore
{
    /// <summary>Called before a run is left.</summary>
    public Action<RunRecord> Leaving { get; init; } = static _ => { };

    /// <summary>False: every run is another node's now.</summary>
    public bool Holds { get; init; } = true;

    public bool IsShared => behind.IsShared;

    public Task<RunRecord?> AddAsync(RunRecord run) => behind.AddAsync(run);

    public Task<RunRecord?> FindAsync(int tenant, long id) => behind.FindAsync(tenant, id);

    public Task<IReadOnlyList<RunRecord>> ListAsync(int tenant, int? install, RunState? state, long? before, int limit) => behind.ListAsync(tenant, install, state, before, limit);

    public Task<RunRecord?> BeginAsync(int tenant, IReadOnlyCollection<int> ready, IReadOnlyCollection<int> known) => behind.BeginAsync(tenant, ready, known);

    public bool IsHeld(RunRecord run) => Holds && behind.IsHeld(run);

    public Task<bool> NoteAsync(RunRecord run) => behind.NoteAsync(run);

    public async Task<RunLeave> LeaveAsync(RunRecord run)
    {
        Leaving(run);
        return await behind.LeaveAsync(run);
    }

    public Task<bool> CancelAsync(int tenant, long id) => behind.CancelAsync(tenant, id);

    public Task<IReadOnlyCollection<long>> CancelledAsync(int tenant) => behind.CancelledAsync(tenant);

    public ValueTask DisposeAsync() => behind.DisposeAsync();
}
