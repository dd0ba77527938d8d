using System.Diagnostics.Metrics;
using System.Net;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Plugins.Admin;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Events.Followed;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;
using GripProxy.Plugins.Trials;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>
/// The plugin part in one object: reads the set-up, opens the queue, and for each tenant keeps a cell and dispatches events. Built only where plugins are
/// enabled. Owned by the proxy host, which starts it once and disposes of it.
/// </summary>
public sealed partial class PluginHost : IAsyncDisposable
{
    private readonly EventWaits _waits = new();
    private readonly PluginsOptions _options;
    private readonly PublishPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<PluginHost> _logger;
    private readonly EgressClient _egress;
    private readonly LateJoin _late;
    private IWorkStore? _queue;
    private IPluginStateStore? _store;
    private SwitchBoard? _switches;
    private SetupRunner? _setup;
    private PluginFleet? _fleet;
    private Leftovers? _leftovers;
    private SharedServices? _services;
    private PluginInstruments? _instruments;
    private LogBook? _logs;
    private IRunStore? _runs;
    private volatile AdminRouter? _admin;
    private CellWatchdog? _watchdog;
    private volatile IngestHandler? _ingest;
    private volatile FunctionDoor? _functions;
    private volatile PeerDoor? _peers;
    private PeerCalls? _peerCalls;
    private bool _disposed;

    /// <summary>Does nothing yet.</summary>
    public PluginHost(PluginsOptions options, PublishPipeline pipeline, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _options = options;
        _pipeline = pipeline;
        _time = time;
        _random = random;
        _loggers = loggers;
        _logger = loggers.CreateLogger<PluginHost>();
        _late = new LateJoin(time, loggers.CreateLogger<LateJoin>());
        _egress = new EgressClient(options.Egress, () => OwnListeners(), time);
    }

    /// <summary>Where clients are subscribed.</summary>
    public required SubscriptionTable Table { get; init; }

    /// <summary>Makes meters.</summary>
    public required IMeterFactory Meters { get; init; }

    /// <summary>What is shared with other nodes, or null: this node is alone. Set before <see cref="StartAsync"/>.</summary>
    public PluginCluster? Cluster { get; set; }

    /// <summary>Where the proxy listens, which plugins do not reach. Asked for each connection that a plugin makes; set before <see cref="StartAsync"/>.</summary>
    public Func<IReadOnlyList<IPEndPoint>> OwnListeners { get; set; } = static () => [];

    /// <summary>Passes requests to plugins as to origins, or null: plugins have no endpoints of their own. Set before <see cref="StartAsync"/>.</summary>
    public OriginPass? Pass { get; set; }

    /// <summary>Name of this node, which stands in the logs of plugins. Set before <see cref="StartAsync"/>.</summary>
    public string Node { get; set; } = "";

    /// <summary>Reads the set-up, opens the queue and goes on with the events that wait in it.</summary>
    /// <param name="environment">Value of an environment variable, or null.</param>
    /// <param name="productFolder">Folder of the program.</param>
    /// <returns>Null, or why it cannot start.</returns>
    public async Task<string?> StartAsync(Func<string, string?> environment, string productFolder)
    {
        var search = new RuntimeSearch(_options.RuntimePath, productFolder, environment("PATH") ?? "");
        if (search.Find(out var error) is not { } runtime)
            return error;
        if (!ProvidedModules.TryRead(_options.ModulesFolder, out var modules, out var problem))
            return problem;
        try
        {
            // Events tell of people: nobody else on this machine reads them.
            PrivateFolder.Create(_options.Data);
            return await OpenAsync(environment, runtime, Path.Combine(productFolder, "worker"), modules);
        }
        catch (StateUnavailableException e) when (Cluster is not null && _queue is null && !e.IsLasting)
        {
            _late.Begin(e.Message, () => OpenAsync(environment, runtime, Path.Combine(productFolder, "worker"), modules));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or Microsoft.Data.Sqlite.SqliteException)
        {
            return $"[plugins] data: {_options.Data} cannot be used: {e.Message}";
        }
    }

    /// <summary>True if requests of a path bring events, or ask what clients that send some ask for.</summary>
    public static bool IsIngestPath(string path) => IngestHandler.Answers(path);

    /// <summary>Reads the set-up file again and makes of what runs what it says (plugins-http.md §5). What is wrong with it is logged, and all stays as it was.</summary>
    /// <returns>True if something was changed.</returns>
    public async Task<bool> ReloadAsync()
    {
        if (_setup is null)
            return false;
        try
        {
            var outcome = await _setup.ApplyAsync();
            foreach (var problem in outcome.Problems)
                Log.SetupProblem(_logger, problem);
            foreach (var difference in outcome.Differences)
                Log.SetupChange(_logger, difference);
            return outcome.Differences.Count > 0;
        }
        catch (IOException e)
        {
            Log.SetupProblem(_logger, e.Message);
            return false;
        }
    }

    /// <summary>What <see cref="ReloadAsync"/> would find wrong with the set-up file; nothing is changed.</summary>
    public async Task<IReadOnlyList<string>> FindSetupProblemsAsync()
    {
        try
        {
            return _setup is null ? [] : (await _setup.ApplyAsync(dryRun: true)).Problems;
        }
        catch (IOException e)
        {
            return [e.Message];
        }
    }

    /// <summary>Answers a request for the ingest listener.</summary>
    public Task HandleIngestAsync(HttpContext context) =>
        _ingest?.HandleAsync(context) ?? IngestReply.WriteAsync(context, NotJoined);

    private static EventProblem NotJoined => new(503, "unavailable", "the plugins wait for the cluster, whose Redis is away; try again") { RetryAfter = 5 };

    /// <summary>True if a path of the control port belongs to the plugins' own API.</summary>
    public bool ServesAdmin(string path) => (_admin is null && AdminApi.Serves(path)) || _admin?.Serves(path) == true || (_functions is not null && FunctionDoor.Answers(path)) || (_peers is not null && path == PeerDoor.Path);

    /// <summary>The first segments after <c>/v1/</c> that belong to it.</summary>
    public IEnumerable<string> AdminNames => _admin?.Names ?? [];

    /// <summary>Answers a request for such a path.</summary>
    public Task HandleAdminAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (_peers is not null && path == PeerDoor.Path)
            return _peers.HandleAsync(context);
        return _functions is not null && FunctionDoor.Answers(path)
            ? _functions.HandleControlAsync(context)
            : _admin?.HandleAsync(context) ?? AdminProblem.Unavailable(NotJoined.Message).WriteAsync(context);
    }

    /// <summary>True if a request has an operator's token.</summary>
    public bool IsOperator(HttpRequest request) => _admin?.IsOperator(request) == true;

    /// <summary>Names of the tenants whose plugins run in a cell of this node now.</summary>
    public IReadOnlyList<string> WarmTenants() => _fleet?.Warm ?? [];

    /// <summary>Takes no more events: senders are told to come back, those who wait for the end of theirs wait no longer.</summary>
    public void StopTaking()
    {
        _ingest?.Stop();
        if (_peers is not null)
            _peers.IsOpen = false;
        _waits.ForgetAll();
    }

    /// <summary>Takes no more events, lets the plugins say goodbye, and closes the queue. What has not ended waits for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _late.DisposeAsync();
        StopTaking();
        if (_leftovers is not null)
            await _leftovers.DisposeAsync();
        if (_fleet is not null)
            await _fleet.DisposeAsync();
        _peerCalls?.Dispose();
        _watchdog?.Dispose();
        _egress.Dispose();
        if (_services is not null)
            await _services.DisposeAsync();
        if (_runs is not null)
            await _runs.DisposeAsync();
        if (_logs is not null)
            await _logs.DisposeAsync();
        if (_queue is not null)
            await _queue.DisposeAsync();
        _setup?.Dispose();
        _switches?.Dispose();
        if (_store is not null)
            await _store.DisposeAsync();
    }

    // The state is read first: as long as that fails nothing else has begun, and it can be tried again.
    private async Task<string?> OpenAsync(Func<string, string?> environment, RuntimeLocation runtime, string programs, PackageFiles? modules)
    {
        if (await OpenStoreAsync(environment) is { } problem)
            return problem;
        _queue = OpenQueue();
        _runs = Cluster?.OpenRuns(Node) ?? new SqliteRunStore(new RunDatabase(Path.Combine(_options.Data, "runs.db")), _time);
        _logs = new LogBook(Path.Combine(_options.Data, "logs.db"), Node, _time, _loggers.CreateLogger<LogBook>());
        _instruments = new PluginInstruments(Meters);
        _services = new SharedServices(_options, _pipeline, _egress, _instruments, _time, _loggers) 
        {
            CountSubscribers = Table.CountSubscribers,
            SharedStorage = Cluster is null ? null : Cluster.OpenStorage,
            SharedCache = Cluster is null ? null : Cluster.OpenCache,
            SharedNumber = Cluster is null ? null : Cluster.NextNumberAsync,
        };
        await StartTenantsAsync(runtime, programs, modules);
        return null;
    }

    private async Task<string?> OpenStoreAsync(Func<string, string?> environment)
    {
        IPluginStateStore? store = null;
        SetupRunner? setup = null;
        try
        {
            store = await OpenStateAsync();
            await OldNumbers.TakeAsync(Path.Combine(_options.Data, "numbers.json"), store);
            setup = new SetupRunner(_options.ConfigFile, environment, store, _egress, _time) { IsForOneTenant = _options.Supervision.IsForOneTenant };
            if (await setup.ApplyAsync() is { Problems: { Count: > 0 } problems })
                return string.Join("; ", problems);
            _switches = new SwitchBoard(store, _time);
            (_store, _setup, store, setup) = (store, setup, null, null);
            return null;
        }
        finally
        {
            setup?.Dispose();
            if (store is not null)
                await store.DisposeAsync();
        }
    }

    private async Task StartTenantsAsync(RuntimeLocation runtime, string programs, PackageFiles? modules)
    {
        var (queue, instruments) = (_queue!, _instruments!); // Opened and made before.
        var launch = new WorkerLaunch { Runtime = runtime, Programs = programs, Data = _options.Data, Launcher = _options.Launcher, V8Flags = _options.V8Flags };
        _watchdog = new CellWatchdog(_time);
        var parts = new CellParts
        {
            Launch = launch,
            Limits = _options.Limits,
            Supervision = _options.Supervision,
            Watchdog = _watchdog,
            Compiler = new PackageCompiler(new PluginCompiler(launch, _time, modules), _store!),
            Logs = _logs,
            Instruments = instruments,
            Node = Node,
            Shared = _options.Supervision.Isolation == CellIsolation.Shared ? new SharedCell() : null,
            Time = _time,
        };
        OpenPeers();
        _fleet = MakeFleet(parts);
        var accepted = new AcceptedEvents(tenant => _services!.Metrics.Find(tenant.Number)?.Metrics, _time); // Opened before, as below.
        var intake = new EventIntake(_options.Events, queue, Wake, _time, _waits)
        {
            NamesDropped = _services!.NamesDropped,
            Accepted = accepted.Take,
            Shedding = () => _switches!.Find(SwitchName.ShedIngest) is { } record ? new IngestShedding(record) : null, // Made with the store.
        };
        _functions = new FunctionDoor(_fleet.Directory, token => _admin?.CallerOf(token), _fleet.WorkOf, _options.Invoke);
        _ingest = new IngestHandler(intake, _fleet.Directory, _options.Events, _time)
        {
            Instruments = instruments,
            Functions = _functions,
            Endpoints = Pass is null ? null : new EndpointDoor(_fleet.Directory, _fleet.WorkOf, Pass),
        };
        new FleetGauges(_fleet, queue, instruments.Labels, _time).AddTo(instruments.Meter, () => !_disposed);
        _switches!.Turned = _fleet.ReplayAll; // Made with the store.
        queue.Woken = _fleet.Replay;
        queue.LetGo = _fleet.LetGoAsync;
        queue.SenderTold = _waits.End;
        _waits.Sender = queue.Sender;
        _waits.Elsewhere = queue.TellSender;
        _logs!.Added = new LogAnnouncer(_fleet.TenantOf, channel => Cluster is not null || Table.CountSubscribers(channel) > 0, _pipeline).Tell; // Opened before.
        await _fleet.StartAsync();
        _leftovers = new Leftovers(_store!, ForgetAsync, _time, _loggers.CreateLogger<Leftovers>()); // Opened before, as the others.
        _leftovers.Start();
        queue.Start();
        Cluster?.ShowReport(() => _fleet.Report(Node) with { Address = Cluster.Peers?.Address }, _loggers);
        _admin = AdminDoor.Open(MakeAdminParts(parts, _fleet, accepted), _options.AdminToken, _options.Data, _loggers);
    }

    private void OpenPeers()
    {
        if (Cluster?.Peers is not { } peers)
            return;
        var seal = new PeerSeal(peers.Key, _time);
        if (peers.Address is { } address)
            _peers = new PeerDoor(seal, address, new UsedSeals(_time), tenant => _fleet?.WorkOf(tenant));
        _peerCalls = new PeerCalls(seal, Cluster.ReadReportsAsync, _time, _loggers.CreateLogger<PeerCalls>());
    }

    private PluginFleet MakeFleet(CellParts parts)
    {
        var store = _store!; // Opened before, as the others.
        var maker = new TenantRuntimeMaker(_options, _loggers)
        {
            Cells = parts,
            Services = _services!,
            Store = store,
            Switches = _switches!,
            Queue = _queue!,
            Runs = _runs!,
            Instruments = _instruments!,
            Pipeline = _pipeline,
            Waits = _waits,
            Wake = Wake,
            Api = () => _admin,
            Random = _random,
            IsShared = Cluster is not null,
            StateChanged = TellNodes,
            Peers = _peerCalls,
        };
        var models = new TenantModels(store, _options.RequireApproval, _loggers.CreateLogger<TenantModels>());
        return new PluginFleet(store, models, maker.Make, _time, _loggers.CreateLogger<PluginFleet>()) { Moved = TellNodes };
    }

    private AdminParts MakeAdminParts(CellParts parts, PluginFleet fleet, AcceptedEvents accepted) => new()
    {
        Store = _store!, // Opened before, as the others.
        Switches = _switches!,
        Logs = _logs!,
        Queue = _queue!,
        ProgressOf = tenant => new QueueProgress(_queue!.Oldest(tenant), _queue.OldestPost(tenant), fleet.InFlightOf(tenant), _queue.Retrying(tenant)),
        DeadLetters = _queue!.DeadLetters,
        Accepted = accepted,
        ProfilesOf = _services!.ProfilesOf,
        StorageOf = _services!.StorageOf,
        CacheOf = _services!.CacheOf,
        UseOf = _services!.Metrics.Find,
        ForgetAsync = ForgetAsync,
        Egress = _egress,
        FetchOf = _services!.FetchOf,
        KeeperOf = fleet.KeeperOf,
        WorkOf = fleet.WorkOf,
        AppliedAsync = fleet.AppliedAsync,
        ReportsAsync = Cluster is null ? static () => Task.FromResult<IReadOnlyList<NodeReport>>([]) : Cluster.ReadReportsAsync,
        ApplySetupAsync = _setup!.ApplyAsync,
        Capabilities = new CapabilityReader(parts.Launch, parts.Limits, parts.Compiler, _time),
        Trials = new TrialRunner(parts.Launch, parts.Limits, parts.Compiler, _time),
        Time = _time,
        Node = Node,
        PackagesFolder = _options.PackagesFolder,
        IsForOneTenant = _options.Supervision.IsForOneTenant,
        AllowsProductionGameDays = _options.AllowsProductionGameDays,
    };

    private void TellNodes() => Cluster?.TellReport();

    private async Task ForgetAsync(int tenant, string install)
    {
        await _services!.ForgetAsync(tenant, install.Length > 0 ? install : null); // Opened before, as the queue.
        if (install.Length == 0)
            await QueueClearing.ClearAsync(tenant, _queue!, _queue!.Post, _queue!.DeadLetters);
    }

    private void Wake(Tenant tenant) => _fleet?.Wake(tenant.Number);

    private async Task<IPluginStateStore> OpenStateAsync()
    {
        if (Cluster is not null)
            return await Cluster.OpenStateAsync(new SecretBox(_options.SecretKey), _loggers);
        var key = _options.SecretKey.Length > 0 ? _options.SecretKey : SecretKeyFile.ReadOrMake(Path.Combine(_options.Data, "secret.key"));
        return new SqliteStateStore(Path.Combine(_options.Data, "state.db"), new SecretBox(key));
    }

    private IWorkStore OpenQueue()
    {
        var limits = new QueueLimits(_options.QueueEvents, _options.QueueBytes, _options.DeadLetters, _options.DeadLetterDays);
        return Cluster?.OpenWork(Node, _options.Data, limits, _loggers)
            ?? new SqliteEventQueue(Path.Combine(_options.Data, "events.db"), _options.QueueFullSync, limits, _time, _loggers.CreateLogger<SqliteEventQueue>());
    }
}
