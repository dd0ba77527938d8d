using System.Collections.Concurrent;
using System.Globalization;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Runs;

/// <summary>
/// The long runs of all tenants, shared by all nodes (plugins.md §9.4). A tenant has as many places as runs may be under way; who begins one holds the lease of a place, and
/// what it stores carries that lease's epoch. A node that is gone loses its places, and whoever takes one begins again what was there. Thread-safe. Owned by the running plugins.
/// </summary>
internal sealed class RedisRunStore : IRunStore
{
    // A node that has not heard of an install yet does not know that there is none.
    private static readonly TimeSpan Unknown = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(int Tenant, long Id), (int Place, Lease Lease)> _held = new();
    private readonly RedisScript _script;
    private readonly RedisLeaseStore _leases;
    private readonly string _prefix;
    private readonly string _wake;
    private readonly string _node;
    private readonly TimeProvider _time;

    /// <summary>Nothing is asked yet.</summary>
    /// <param name="client">The Redis.</param>
    /// <param name="leases">The leases.</param>
    /// <param name="prefix">Beginning of every key.</param>
    /// <param name="wake">Channel of Redis on which nodes are told of a tenant that has something to do.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="time">The clock.</param>
    public RedisRunStore(RedisClient client, RedisLeaseStore leases, string prefix, string wake, string node, TimeProvider time)
    {
        _script = new RedisScript(client, "runs.lua");
        _leases = leases;
        _prefix = prefix;
        _wake = wake;
        _node = node;
        _time = time;
    }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public async Task<RunRecord?> AddAsync(RunRecord run)
    {
        var arguments = new ScriptArguments().Add("add").Add(RunText.Of(run)).Add(run.Payload).Add(RunText.AboutOf(run)).Add(IRunStore.MostOpen).Add(IRunStore.MostBytes);
        var id = (await RunAsync(run.Tenant, AddWake(arguments, run.Tenant))).Number;
        return id == 0 ? null : run with { Id = id };
    }

    /// <inheritdoc/>
    public async Task<RunRecord?> FindAsync(int tenant, long id) =>
        await RunAsync(tenant, new ScriptArguments().Add("find").Add(id)) is { Count: > 0 } found ? RunText.Read(tenant, found) : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunRecord>> ListAsync(int tenant, int? install, RunState? state, long? before, int limit)
    {
        var arguments = new ScriptArguments().Add("list").Add(Text(install)).Add(Text((int?)state)).Add(before ?? 1L << 53).Add(limit);
        var found = await RunAsync(tenant, arguments);
        return [.. Enumerable.Range(0, found.Count).Select(i => RunText.Read(tenant, found[i]))];
    }

    /// <inheritdoc/>
    public async Task<RunRecord?> BeginAsync(int tenant, IReadOnlyCollection<int> ready, IReadOnlyCollection<int> known)
    {
        var look = await RunAsync(tenant, new ScriptArguments().Add("look"));
        var used = Enumerable.Range(0, look[1].Count).Select(i => (int)look[1][i].Number).ToHashSet();
        var mine = _held.Where(one => one.Key.Tenant == tenant).Select(static one => one.Value.Place).ToHashSet();
        // First those where somebody may have left something; the others only if something waits.
        var places = Enumerable.Range(0, IRunStore.AtATime).Where(place => !mine.Contains(place) && (look[0].Number > 0 || used.Contains(place))).OrderByDescending(used.Contains);
        foreach (var place in places)
        {
            if (await TryBeginAsync(tenant, place, ready, known) is { } run)
                return run;
        }

        return null;
    }

    /// <inheritdoc/>
    public bool IsHeld(RunRecord run) => _held.TryGetValue((run.Tenant, run.Id), out var held) && held.Lease.IsHeld;

    /// <inheritdoc/>
    public async Task<bool> NoteAsync(RunRecord run)
    {
        if (!_held.TryGetValue((run.Tenant, run.Id), out var held) || !held.Lease.IsHeld)
            return false;
        var arguments = new ScriptArguments().Add("note").Add(held.Place).Add(held.Lease.Epoch).Add(run.Id).Add(RunText.Of(run)).Add(run.Last);
        return (await RunAsync(run.Tenant, arguments)).Number == 1;
    }

    /// <inheritdoc/>
    public async Task<RunLeave> LeaveAsync(RunRecord run)
    {
        if (!_held.TryGetValue((run.Tenant, run.Id), out var held))
            return RunLeave.Lost;
        var arguments = new ScriptArguments().Add("leave").Add(held.Place).Add(held.Lease.Epoch).Add(run.Id).Add(run.IsOver ? "" : RunText.AboutOf(run))
            .Add(RunText.Of(run)).Add(run.Last).Add(run.Result).Add(IRunStore.Kept).Add(IRunStore.KeptBytes);
        var became = RunLeave.Lost;
        try
        {
            became = (await RunAsync(run.Tenant, AddWake(arguments, run.Tenant))).Number switch
            {
                1 => RunLeave.Stored,
                2 => RunLeave.Cancelled,
                _ => RunLeave.Lost,
            };
        }
        catch (StateUnavailableException) when (!held.Lease.IsHeld)
        {
            // Somebody else begins it again.
        }

        if (became != RunLeave.Cancelled && _held.TryRemove((run.Tenant, run.Id), out _))
            await held.Lease.DisposeAsync();
        return became;
    }

    /// <inheritdoc/>
    public async Task<bool> CancelAsync(int tenant, long id)
    {
        if (await FindAsync(tenant, id) is not { IsOver: false } run)
            return false;
        var ended = run with { State = RunState.Cancelled, Ended = _time.GetUtcNow() };
        var arguments = new ScriptArguments().Add("cancel").Add(id).Add(RunText.Of(ended)).Add(IRunStore.Kept).Add(IRunStore.KeptBytes);
        return (await RunAsync(tenant, AddWake(arguments, tenant))).Number == 1;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<long>> CancelledAsync(int tenant)
    {
        var found = await RunAsync(tenant, new ScriptArguments().Add("cancelled"));
        return [.. Enumerable.Range(0, found.Count).Select(i => found[i].Number)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var held in _held.Values)
            await held.Lease.DisposeAsync();
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private ScriptArguments AddWake(ScriptArguments arguments, int tenant) => arguments.Add(_wake).Add(tenant);

    // Null: somebody else has the place, or nothing may begin.
    private async Task<RunRecord?> TryBeginAsync(int tenant, int place, IReadOnlyCollection<int> ready, IReadOnlyCollection<int> known)
    {
        if (await AskAsync(() => _leases.TryTakeAsync(string.Create(CultureInfo.InvariantCulture, $"r{tenant}:{place}"))) is not { } lease)
            return null;
        (int Tenant, long Id)? key = null;
        var isBegun = false;
        try
        {
            var now = _time.GetUtcNow();
            var arguments = new ScriptArguments().Add("begin").Add(place).Add(lease.Epoch).Add(now.ToUnixTimeMilliseconds()).Add((now - Unknown).ToUnixTimeMilliseconds());
            Add(arguments, ready);
            Add(arguments, known);
            var found = await RunAsync(tenant, arguments);
            if (found.Count == 0)
                return null;
            var run = RunText.Read(tenant, found).Begin(now) with { Node = _node };
            // One that is lost here but has not come to its end here: what that comes to would count under the new lease.
            if (!_held.TryAdd((tenant, run.Id), (place, lease)))
                return null;
            key = (tenant, run.Id);
            isBegun = await NoteAsync(run);
            return isBegun ? run : null;
        }
        finally
        {
            // What was not begun after all is found by whoever takes the place next.
            if (!isBegun)
            {
                if (key is { } begun)
                    _held.TryRemove(begun, out _);
                await lease.DisposeAsync();
            }
        }
    }

    private static void Add(ScriptArguments arguments, IReadOnlyCollection<int> numbers)
    {
        arguments.Add(numbers.Count);
        foreach (var number in numbers)
            arguments.Add(number);
    }

    private Task<Reply> RunAsync(int tenant, ScriptArguments arguments) =>
        AskAsync(() => _script.RunAsync(string.Create(CultureInfo.InvariantCulture, $"{_prefix}:{{t{tenant}}}:r:"), arguments));

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RedisFaultException fault)
        {
            throw new StateUnavailableException($"the runs cannot be stored: Redis: {fault.Message}", fault);
        }
    }
}
