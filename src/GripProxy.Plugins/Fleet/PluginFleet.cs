using System.Collections.Concurrent;
using System.Threading.Channels;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Fleet;

/// <summary>
/// Everything that runs on this node follows the state document: tenants come and go, installs are switched and replaced (plugins.md §6.2, §12.2). One loop
/// makes the changes. Thread-safe. Owned by the running plugins.
/// </summary>
internal sealed partial class PluginFleet : IAsyncDisposable
{
    private static readonly TimeSpan Failure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Unreadable = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<int, TenantRuntime> _tenants = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly IPluginStateStore _store;
    private readonly TenantModels _models;
    private readonly Func<LiveTenant, TenantRuntime> _make;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Milestone _moved = new();
    private Task _following = Task.CompletedTask;
    private Task _again = Task.CompletedTask;
    private long _applied = -1;

    /// <summary>Nothing runs yet.</summary>
    /// <param name="store">What is wanted.</param>
    /// <param name="models">Builds tenants from it.</param>
    /// <param name="make">Makes what works for a tenant.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public PluginFleet(IPluginStateStore store, TenantModels models, Func<LiveTenant, TenantRuntime> make, TimeProvider time, ILogger<PluginFleet> logger)
    {
        _store = store;
        _models = models;
        _make = make;
        _time = time;
        _logger = logger;
    }

    /// <summary>The tenants by their keys.</summary>
    public TenantDirectory Directory { get; } = new([]);

    /// <summary>Called when it does another revision of the document.</summary>
    public Action Moved { get; init; } = static () => { };

    /// <summary>The revision of the document that it does; below zero: none yet.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
                return _applied;
        }
    }

    /// <summary>Names of the tenants whose plugins run in a cell now.</summary>
    public IReadOnlyList<string> Warm =>
        [.. _tenants.Values.Where(static runtime => runtime.Keeper.Running is not null).Select(static runtime => runtime.Tenant.Name).Order(StringComparer.Ordinal)];

    /// <summary>Brings everything up and follows the document from now on.</summary>
    public async Task StartAsync()
    {
        _store.Changed += Follow;
        try
        {
            await ApplyAsync();
        }
        catch (StateUnavailableException e)
        {
            Log.NotApplied(_logger, e);
            _changes.Writer.TryWrite(true);
        }

        _following = FollowAsync();
    }

    /// <summary>Completes when this node does what a revision of the document says: what it switches off gets nothing more, what it switches on starts.</summary>
    public async Task AppliedAsync(long revision)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_applied >= revision)
                    return;
                moved = _moved.Task;
            }

            await moved.WaitAsync(_stopping.Token);
        }
    }

    /// <summary>The tenants that something works for here.</summary>
    public IEnumerable<Tenant> Tenants => _tenants.Values.Select(static runtime => runtime.Tenant);

    /// <summary>What this node says of its plugins to the others.</summary>
    /// <param name="node">Its name.</param>
    public NodeReport Report(string node)
    {
        // First: what has become of the installs is at least that new.
        var revision = Revision;
        return new NodeReport
        {
            Node = node,
            Revision = revision,
            Installs = _tenants.SelectMany(static tenant => tenant.Value.Keeper.Installs.Select(status => (Tenant: tenant.Key, tenant.Value.Keeper, Status: status))).ToDictionary(
                static one => InstallRecord.FieldOf(one.Tenant, one.Status.Install.Number),
                static one => new InstallReport(one.Status.StateName, one.Status.IsPending, one.Keeper.IsLoaded(one.Status)),
                StringComparer.Ordinal),
        };
    }

    /// <summary>A tenant that something works for here, or null.</summary>
    public Tenant? TenantOf(int tenant) => _tenants.GetValueOrDefault(tenant)?.Tenant;

    /// <summary>The keeper of a tenant's installs, or null if there is no such tenant here.</summary>
    public CellKeeper? KeeperOf(int tenant) => _tenants.GetValueOrDefault(tenant)?.Keeper;

    /// <summary>What operators may see and start of a tenant's work beside the chain, or null if there is no such tenant here.</summary>
    public TenantWork? WorkOf(int tenant) => _tenants.GetValueOrDefault(tenant)?.Work;

    /// <summary>Events and pieces of work that a tenant's plugins work on now.</summary>
    public int InFlightOf(int tenant) => _tenants.GetValueOrDefault(tenant)?.InFlight ?? 0;

    /// <summary>There may be events of a tenant.</summary>
    public void Wake(int tenant) => _tenants.GetValueOrDefault(tenant)?.Wake();

    /// <summary>There may be something to do for a tenant that was not stored here just now.</summary>
    public void Replay(int tenant) => _tenants.GetValueOrDefault(tenant)?.Replay();

    /// <summary>There may be something to do for every tenant: what was paused goes on.</summary>
    public void ReplayAll()
    {
        foreach (var tenant in _tenants.Values)
            tenant.Replay();
    }

    /// <summary>Forgets what has gone to other nodes. Completes when nothing of it is under way here.</summary>
    public Task LetGoAsync() => Task.WhenAll(_tenants.Values.Select(static runtime => runtime.LetGoAsync()));

    /// <summary>Lets everything end.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Changed -= Follow;
        await _stopping.CancelAsync();
        _changes.Writer.TryComplete();
        await _following;
        await _again;
        await Task.WhenAll(_tenants.Values.Select(runtime => runtime.DisposeAsync().AsTask()));
        _stopping.Dispose();
    }

    private void Follow(object? sender, EventArgs e) => _changes.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        try
        {
            while (await _changes.Reader.WaitToReadAsync(_stopping.Token))
            {
                _changes.Reader.TryRead(out _);
                await TryApplyAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task TryApplyAsync()
    {
        try
        {
            await ApplyAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What runs goes on as it was.
            Log.NotApplied(_logger, e);
            await Task.Delay(Failure, _time, _stopping.Token);
            _changes.Writer.TryWrite(true);
        }
    }

    private async Task ApplyAsync()
    {
        var state = _store.Current;
        var tenants = await _models.BuildAsync(state);
        List<TenantRuntime> ended = [];
        foreach (var tenant in tenants)
        {
            if (_tenants.TryGetValue(tenant.Number, out var runtime) && !runtime.Tenant.NeedsNewParts(tenant))
            {
                runtime.Apply(tenant);
                continue;
            }

            // Its events wait meanwhile.
            if (runtime is not null)
                await runtime.DisposeAsync();
            _tenants[tenant.Number] = runtime = _make(new LiveTenant(tenant));
            runtime.Start();
            Log.Tenant(_logger, tenant.Name, tenant.Installs.Count(install => install.Enabled), tenant.Installs.Count);
        }

        Directory.Use(tenants);
        foreach (var gone in _tenants.Keys.Except(tenants.Select(tenant => tenant.Number)).ToList())
        {
            if (_tenants.TryRemove(gone, out var runtime))
                ended.Add(runtime);
        }

        await Task.WhenAll(ended.Select(runtime => runtime.DisposeAsync().AsTask()));
        lock (_gate)
        {
            _applied = state.Revision;
            _moved.Pass();
        }

        Moved();
        if (_models.MayBeMore && _again.IsCompleted)
            _again = ApplyAgainAsync();
    }

    private async Task ApplyAgainAsync()
    {
        await Task.WhenAny(Task.Delay(Unreadable, _time, _stopping.Token));
        _changes.Writer.TryWrite(true);
    }

    private static partial class Log
    {
        [LoggerMessage(7300, LogLevel.Information, "plugins of {Tenant}: {Enabled} of {Count} are enabled", EventName = "PluginTenant")]
        public static partial void Tenant(ILogger logger, string tenant, int enabled, int count);

        [LoggerMessage(7301, LogLevel.Error, "what is wanted of the plugins could not be applied; it is tried again", EventName = "StateNotApplied")]
        public static partial void NotApplied(ILogger logger, Exception exception);
    }
}
