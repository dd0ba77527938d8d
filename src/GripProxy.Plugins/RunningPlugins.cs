using GripProxy.Plugins.Admin;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events.Followed;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;
using GripProxy.Plugins.Trials;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>
/// The plugins of this node, once their state can be read: the queue, and for each tenant a cell and what dispatches its events. Thread-safe. Owned by the
/// plugin host.
/// </summary>
internal sealed class RunningPlugins : IAsyncDisposable
{
    private readonly EventWaits _waits = new();
    private readonly HostParts _parts;
    private readonly OwnedParts _owned;
    private readonly IPluginStateStore _store;
    private readonly EgressClient _egress;
    private readonly SwitchBoard _switches;
    private readonly IWorkStore _queue;
    private readonly IRunStore _runs;
    private readonly LogBook _logs;
    private readonly SharedServices _services;
    private readonly CellParts _cells;
    private readonly PeerDoor? _peers;
    private readonly PeerCalls? _peerCalls;
    private readonly PluginFleet _fleet;
    private readonly AcceptedEvents _accepted;
    private readonly FunctionDoor _functions;
    private readonly IngestHandler _ingest;
    private volatile bool _disposed;

    /// <summary>Opens what they work with; nothing runs yet.</summary>
    /// <param name="parts">What they are told of this node.</param>
    /// <param name="owned">Takes what is opened; disposed of with them, or by the caller if this fails.</param>
    /// <param name="store">What is wanted of them.</param>
    /// <param name="egress">The way to the outside.</param>
    /// <param name="setup">The set-up file, which has been applied.</param>
    /// <exception cref="IOException">The data folder cannot be used; likewise the other exceptions of files and databases.</exception>
    public RunningPlugins(HostParts parts, OwnedParts owned, IPluginStateStore store, EgressClient egress, SetupRunner setup)
    {
        _parts = parts;
        _owned = owned;
        _store = store;
        _egress = egress;
        Setup = setup;
        _switches = owned.Add(new SwitchBoard(store, parts.Time));
        _queue = owned.Add(PluginStores.OpenQueue(parts));
        _logs = owned.Add(PluginStores.OpenLogs(parts));
        _runs = owned.Add(PluginStores.OpenRuns(parts));
        _services = owned.Add(MakeServices());
        _cells = MakeCells();
        if (parts.Cluster?.Peers is { } peers)
            (_peers, _peerCalls) = OpenPeers(peers, parts.Cluster);
        _fleet = owned.Add(MakeFleet());
        _accepted = new AcceptedEvents(tenant => _services.Metrics.Find(tenant.Number)?.Metrics, parts.Time);
        Admin = AdminDoor.Open(MakeAdminParts(), parts.Options.AdminToken, parts.Options.Data, parts.Loggers);
        _functions = new FunctionDoor(_fleet.Directory, Admin.CallerOf, _fleet.WorkOf, parts.Options.Invoke);
        _ingest = MakeIngest();
    }

    /// <summary>The set-up file.</summary>
    public SetupRunner Setup { get; }

    /// <summary>The plugins' own API.</summary>
    public AdminRouter Admin { get; }

    /// <summary>Names of the tenants whose plugins run in a cell of this node now.</summary>
    public IReadOnlyList<string> WarmTenants => _fleet.Warm;

    /// <summary>Brings up the tenants and goes on with the events that wait.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">What plugins keep cannot be read.</exception>
    public async Task StartAsync()
    {
        _switches.Turned = _fleet.ReplayAll;
        _queue.Woken = _fleet.Replay;
        _queue.LetGo = _fleet.LetGoAsync;
        _queue.SenderTold = _waits.End;
        _waits.Sender = _queue.Sender;
        _waits.Elsewhere = _queue.TellSender;
        _logs.Added = new LogAnnouncer(_fleet.TenantOf, channel => _parts.Cluster is not null || _parts.Table.CountSubscribers(channel) > 0, _parts.Pipeline).Tell;
        await _fleet.StartAsync();
        _owned.Add(new Leftovers(_store, ForgetAsync, _parts.Time, _parts.Loggers.CreateLogger<Leftovers>())).Start();
        _queue.Start();
        _parts.Cluster?.ShowReport(() => _fleet.Report(_parts.Node) with { Address = _parts.Cluster.Peers?.Address }, _parts.Loggers);
        new FleetGauges(_fleet, _queue, _parts.Instruments.Labels, _parts.Time).AddTo(_parts.Instruments.Meter, () => !_disposed);
    }

    /// <summary>Answers a request for the ingest listener.</summary>
    public Task HandleIngestAsync(HttpContext context) => _ingest.HandleAsync(context);

    /// <summary>True if a path of the control port belongs to the plugins.</summary>
    public bool ServesAdmin(string path) => Admin.Serves(path) || FunctionDoor.Answers(path) || (_peers is not null && path == PeerDoor.Path);

    /// <summary>Answers a request for such a path.</summary>
    public Task HandleAdminAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (_peers is not null && path == PeerDoor.Path)
            return _peers.HandleAsync(context);
        return FunctionDoor.Answers(path) ? _functions.HandleControlAsync(context) : Admin.HandleAsync(context);
    }

    /// <summary>Takes no more events: senders are told to come back, those who wait for the end of theirs wait no longer.</summary>
    public void StopTaking()
    {
        _ingest.Stop();
        if (_peers is not null)
            _peers.IsOpen = false;
        _waits.ForgetAll();
    }

    /// <summary>Takes no more events, lets the plugins say goodbye, and closes the queue. What has not ended waits for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        StopTaking();
        await _owned.DisposeAsync();
    }

    private SharedServices MakeServices() => new(_parts.Options, _parts.Pipeline, _egress, _parts.Instruments, _parts.Time, _parts.Loggers)
    {
        CountSubscribers = _parts.Table.CountSubscribers,
        SharedStorage = _parts.Cluster is null ? null : _parts.Cluster.OpenStorage,
        SharedCache = _parts.Cluster is null ? null : _parts.Cluster.OpenCache,
        SharedNumber = _parts.Cluster is null ? null : _parts.Cluster.NextNumberAsync,
    };

    private CellParts MakeCells() => new()
    {
        Launch = _parts.Launch,
        Limits = _parts.Options.Limits,
        Supervision = _parts.Options.Supervision,
        Watchdog = _owned.Add(new CellWatchdog(_parts.Time)),
        Compiler = new PackageCompiler(new PluginCompiler(_parts.Launch, _parts.Time, _parts.Modules), _store),
        Logs = _logs,
        Instruments = _parts.Instruments,
        Node = _parts.Node,
        Shared = _parts.Options.Supervision.Isolation == CellIsolation.Shared ? new SharedCell() : null,
        Time = _parts.Time,
    };

    private (PeerDoor? Door, PeerCalls Calls) OpenPeers(PeerOptions peers, PluginCluster cluster)
    {
        var seal = new PeerSeal(peers.Key, _parts.Time);
        var door = peers.Address is { } address ? new PeerDoor(seal, address, new UsedSeals(_parts.Time), tenant => _fleet.WorkOf(tenant)) : null;
        return (door, _owned.Add(new PeerCalls(seal, cluster.ReadReportsAsync, _parts.Time, _parts.Loggers.CreateLogger<PeerCalls>())));
    }

    private PluginFleet MakeFleet()
    {
        var maker = new TenantRuntimeMaker(_parts.Options, _parts.Loggers)
        {
            Cells = _cells,
            Services = _services,
            Store = _store,
            Switches = _switches,
            Queue = _queue,
            Runs = _runs,
            Instruments = _parts.Instruments,
            Pipeline = _parts.Pipeline,
            Waits = _waits,
            Wake = Wake,
            Api = () => Admin,
            Random = _parts.Random,
            IsShared = _parts.Cluster is not null,
            StateChanged = TellNodes,
            Peers = _peerCalls,
        };
        var models = new TenantModels(_store, _parts.Options.RequireApproval, _parts.Loggers.CreateLogger<TenantModels>());
        return new PluginFleet(_store, models, maker.Make, _parts.Time, _parts.Loggers.CreateLogger<PluginFleet>()) { Moved = TellNodes };
    }

    private AdminParts MakeAdminParts() => new()
    {
        Store = _store,
        Switches = _switches,
        Logs = _logs,
        Queue = _queue,
        ProgressOf = tenant => new QueueProgress(_queue.Oldest(tenant), _queue.OldestPost(tenant), _fleet.InFlightOf(tenant), _queue.Retrying(tenant)),
        DeadLetters = _queue.DeadLetters,
        Accepted = _accepted,
        ProfilesOf = _services.ProfilesOf,
        StorageOf = _services.StorageOf,
        CacheOf = _services.CacheOf,
        UseOf = _services.Metrics.Find,
        ForgetAsync = ForgetAsync,
        Egress = _egress,
        FetchOf = _services.FetchOf,
        KeeperOf = _fleet.KeeperOf,
        WorkOf = _fleet.WorkOf,
        AppliedAsync = _fleet.AppliedAsync,
        ReportsAsync = _parts.Cluster is null ? static () => Task.FromResult<IReadOnlyList<NodeReport>>([]) : _parts.Cluster.ReadReportsAsync,
        ApplySetupAsync = Setup.ApplyAsync,
        Capabilities = new CapabilityReader(_cells.Launch, _cells.Limits, _cells.Compiler, _parts.Time),
        Trials = new TrialRunner(_cells.Launch, _cells.Limits, _cells.Compiler, _parts.Time),
        Time = _parts.Time,
        Node = _parts.Node,
        PackagesFolder = _parts.Options.PackagesFolder,
        IsForOneTenant = _parts.Options.Supervision.IsForOneTenant,
        AllowsProductionGameDays = _parts.Options.AllowsProductionGameDays,
    };

    private IngestHandler MakeIngest()
    {
        var intake = new EventIntake(_parts.Options.Events, _queue, Wake, _parts.Time, _waits)
        {
            NamesDropped = _services.NamesDropped,
            Accepted = _accepted.Take,
            Shedding = () => _switches.Find(SwitchName.ShedIngest) is { } record ? new IngestShedding(record) : null,
        };
        return new IngestHandler(intake, _fleet.Directory, _parts.Options.Events, _parts.Time)
        {
            Instruments = _parts.Instruments,
            Functions = _functions,
            Endpoints = _parts.Pass is null ? null : new EndpointDoor(_fleet.Directory, _fleet.WorkOf, _parts.Pass),
        };
    }

    private void TellNodes() => _parts.Cluster?.TellReport();

    private void Wake(Tenant tenant) => _fleet.Wake(tenant.Number);

    private async Task ForgetAsync(int tenant, string install)
    {
        await _services.ForgetAsync(tenant, install.Length > 0 ? install : null);
        if (install.Length == 0)
            await QueueClearing.ClearAsync(tenant, _queue, _queue.Post, _queue.DeadLetters);
    }
}
