using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Post.Schedules;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Site;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Fleet;

/// <summary>Makes all that works for a tenant on this node. Immutable; what it puts together is shared.</summary>
/// <param name="options">The settings.</param>
/// <param name="loggers">Makes logs.</param>
internal sealed class TenantRuntimeMaker(PluginsOptions options, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<TenantRuntimeMaker>();

    /// <summary>What every cell works with.</summary>
    public required CellParts Cells { get; init; }

    /// <summary>Makes what plugins may ask for.</summary>
    public required SharedServices Services { get; init; }

    /// <summary>What is stored of installs.</summary>
    public required IPluginStateStore Store { get; init; }

    /// <summary>What is switched on now.</summary>
    public required SwitchBoard Switches { get; init; }

    /// <summary>Where events and the work after them wait.</summary>
    public required IWorkStore Queue { get; init; }

    /// <summary>Where long runs are stored.</summary>
    public required IRunStore Runs { get; init; }

    /// <summary>Where calls and times are counted.</summary>
    public required PluginInstruments Instruments { get; init; }

    /// <summary>Where items go.</summary>
    public required PublishPipeline Pipeline { get; init; }

    /// <summary>Who waits for the end of events.</summary>
    public required EventWaits Waits { get; init; }

    /// <summary>Told of the tenant for which there may be events.</summary>
    public required Action<Tenant> Wake { get; init; }

    /// <summary>The API on the control port; not asked for before plugins run.</summary>
    public required Func<AdminRouter> Api { get; init; }

    /// <summary>Spreads retries.</summary>
    public required Random Random { get; init; }

    /// <summary>Other nodes have the same installs.</summary>
    public bool IsShared { get; init; }

    /// <summary>Calls plugins of other nodes, or null: there is no way to them.</summary>
    public PeerCalls? Peers { get; init; }

    /// <summary>Called when something has become of an install. Returns at once.</summary>
    public Action StateChanged { get; init; } = static () => { };

    // Long runs keep nobody waiting: they have a process of their own here too.
    private SharedCell? SharedRuns { get; } = options.Supervision.Isolation == CellIsolation.Shared ? new SharedCell() : null;

    private TimeProvider Time => Cells.Time;

    /// <summary>Makes what works for a tenant; nothing of it runs yet.</summary>
    public TenantRuntime Make(LiveTenant live)
    {
        var tenant = live.Current;
        var announcer = new StateAnnouncer(live, Pipeline);
        var parents = new EventParents();
        var capture = new CaptureParts { Options = options.Capture, MaxEvent = options.Events.MaxEvent, Queue = Queue, Stored = Wake, Time = Time };
        var capturing = new EventCapturing(tenant, parents, capture, loggers.CreateLogger<EventCapturing>());
        var jobs = new JobIntake(tenant.Number, Queue.Post, Time);
        var use = Services.Metrics.For(tenant);
        var steps = new InstallSteps(tenant.Number, IsShared ? Cells.Node : null, options.Limits.Call, Store, Time, _logger);
        var good = new LastGood(tenant.Number, Store, _logger);
        TenantRuns? runs = null;
        var cells = Cells with { Use = use, StepBegun = steps.BeginAsync, Installed = steps.EndAsync, StepGivenUp = steps.GiveUpAsync };
        var services = Services.For(
            tenant, capturing.Operations, jobs.Operations, new OwnApi(tenant.Number, Api, Time).Operations, new RunOperations(() => runs).Operations);
        var keeper = new CellKeeper(tenant, cells with { StateChanged = Tell }, services, loggers.CreateLogger<CellKeeper>());
        var postParts = PostPartsOf(tenant, keeper, parents, use);
        var post = new PostStage(postParts, loggers.CreateLogger<PostStage>());
        keeper.Leaving = (running, copy, late) => post.FlushAsync(copy.Install, (method, argument) => running.Cell.CallAsync(copy.Copy, method, argument), late);
        jobs.Stored = post.Stored;
        var scheduler = new Scheduler(postParts, Queue.Schedules, options.ScheduleSpread, loggers.CreateLogger<Scheduler>());
        var dispatcher = new EventDispatcher(DispatcherPartsOf(live, keeper, parents, post, postParts.LabelOf), loggers.CreateLogger<EventDispatcher>());
        runs = RunsOf(tenant, postParts.Calls, cells, services, parents);
        var direct = DirectCallsOf(tenant.Number, postParts);
        return new TenantRuntime(live, keeper, dispatcher, post, scheduler)
        {
            Scaler = options.Supervision is { Replicas: SupervisionOptions.AsLoadAsks, MostReplicas: > 1 and var most, Isolation: not CellIsolation.Shared }
                ? new ReplicaScaler(keeper, () => dispatcher.Waiting, most, Time, loggers.CreateLogger<ReplicaScaler>())
                : null,
            Work = new TenantWork(postParts.Calls, jobs, scheduler)
            {
                Direct = direct,
                Runs = runs,
                Origin = new PluginOrigin(live, direct, new ClientAddress(options.Events.TrustedProxies)),
                Site = new SiteDoor(new TenantSite(live, Cells.Compiler, Cells.Launch.StarterOfPages, loggers.CreateLogger<TenantSite>()), () => keeper.Installs),
            },
        };

        void Tell(string name, InstallStatus status)
        {
            announcer.Tell(name, status);
            good.Note(status);
            StateChanged();
        }
    }

    private DirectCalls DirectCallsOf(int tenant, PostParts parts) => Peers is not { } peers
        ? new DirectCalls(parts.Calls, parts.Counts, Time)
        : new DirectCalls(parts.Calls, parts.Counts, Time)
        {
            ElsewhereAsync = (install, method, limit, arguments) => peers.TryAsync(new PeerQuestion(tenant, install, method, limit, arguments)),
        };

    // They have a cell of their own, into which nothing is loaded before somebody runs it.
    private TenantRuns RunsOf(Tenant tenant, IPluginCalls main, CellParts cells, HostServices services, EventParents parents)
    {
        var keeper = new CellKeeper(tenant with { Installs = [] }, cells with { Role = "#runs", Shared = SharedRuns }, services, loggers.CreateLogger<CellKeeper>());
        var parts = new RunParts
        {
            Store = Runs,
            Main = main,
            Cells = keeper,
            Calls = new KeptCalls(keeper, parents),
            Limit = options.Run,
            Grace = options.Limits.Call,
            Time = Time,
        };
        return new TenantRuns(tenant, parts, loggers.CreateLogger<TenantRuns>());
    }

    private PostParts PostPartsOf(Tenant tenant, CellKeeper keeper, EventParents parents, PluginUse use) => new()
    {
        Tenant = tenant,
        Queue = Queue.Post,
        Calls = new KeptCalls(keeper, parents),
        Webhooks = new WebhookSender(Services.Egress, Time),
        Counts = new PostCounts(tenant.Name, Instruments, use),
        Tasks = options.Dispatch.Tasks,
        SkipJobsWhenDisabled = options.JobsSkipWhenDisabled,
        IsOn = Switches.IsOn,
        Time = Time,
        Random = Random,
    };

    private DispatcherParts DispatcherPartsOf(LiveTenant live, CellKeeper keeper, EventParents parents, PostStage post, Func<int, string> labelOf)
    {
        var tenant = live.Current;
        var profiles = Services.ProfilesOf(tenant);
        return new DispatcherParts
        {
            Tenant = tenant,
            Queue = Queue,
            Runner = new ChainRunner(tenant.Name, keeper, parents, options.Events.MaxEvent, Time, loggers.CreateLogger<ChainRunner>())
            {
                IsBypassed = () => Switches.IsOn(SwitchName.BypassPlugins),
            },
            Publisher = new EventPublisher(live, items => Services.Publish(live.Current, items), Services.NextNumberAsync, learned => _ = profiles.Learn(learned), options.Annotate)
            {
                Published = Services.Metrics.For(tenant).Published,
            },
            IsPaused = () => Switches.IsOn(SwitchName.PauseChain),
            Flush = Pipeline.FlushAsync,
            Waits = Waits,
            Post = post,
            LabelOf = labelOf,
            Instruments = Instruments,
            Options = options.Dispatch,
            Time = Time,
            Random = Random,
        };
    }
}
