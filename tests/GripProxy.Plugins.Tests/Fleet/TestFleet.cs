using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Channels;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Post.Schedules;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Fleet;

/// <summary>A node's tenants over real stores, queue and cells. Owned by one test.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly CellWatchdog _watchdog = new(TimeProvider.System);
    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress = new(new EgressOptions(), static () => [], TimeProvider.System);
    private readonly RecordingBackplane _backplane = new();
    private readonly ServiceProvider _channels;
    private readonly SharedServices _services;
    private readonly SqliteRunStore _runs;
    private readonly CellParts _parts;

    public TestFleet(bool requireApproval = false, WorkerLimits? limits = null, CellIsolation isolation = CellIsolation.Tenant)
    {
        _channels = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().AddMetrics().AddSingleton<IBackplane>(_backplane)
            .AddGripChannels(new ChannelsOptions()).BuildServiceProvider();
        Store = new SqliteStateStore(_folder.File("state.db"), new SecretBox("a key"));
        Queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), TimeProvider.System, NullLogger<SqliteEventQueue>.Instance);
        Switches = new SwitchBoard(Store, TimeProvider.System) { Turned = () => Fleet!.ReplayAll() };
        _services = new SharedServices(new PluginsOptions { Data = _folder.Path }, Pipeline, _egress, new PluginInstruments(_channels.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()), TimeProvider.System, NullLoggerFactory.Instance);
        _runs = new SqliteRunStore(new RunDatabase(_folder.File("runs.db")), TimeProvider.System);
        _parts = new CellParts
        {
            Launch = TestRuntime.Launch,
            Limits = limits ?? new WorkerLimits(),
            Supervision = new SupervisionOptions { StartWait = TimeSpan.FromMinutes(1), Isolation = isolation },
            Watchdog = _watchdog,
            Compiler = new PackageCompiler(new PluginCompiler(TestRuntime.Launch, TimeProvider.System), Store),
            Shared = isolation == CellIsolation.Shared ? new SharedCell() : null,
            Time = TimeProvider.System,
        };
        Fleet = new PluginFleet(
            Store, new TenantModels(Store, requireApproval, NullLogger.Instance), Make, TimeProvider.System, NullLogger<PluginFleet>.Instance);
    }

    public SqliteStateStore Store { get; }

    /// <summary>What is switched on now.</summary>
    public SwitchBoard Switches { get; }

    /// <summary>Time that long runs may take.</summary>
    public TimeSpan RunLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What stands in front of the store of runs.</summary>
    public Func<IRunStore, IRunStore> RunStore { get; init; } = static store => store;

    public SqliteEventQueue Queue { get; }

    public PluginFleet Fleet { get; }

    /// <summary>The file of the state store.</summary>
    public string StateFile => _folder.File("state.db");

    private PublishPipeline Pipeline => _channels.GetRequiredService<PublishPipeline>();

    /// <summary>What was published on a channel, in order.</summary>
    public IReadOnlyList<JsonNode> Published(string channel) => [.. _backplane.Items.Where(item => item.Channel == channel)
        .Select(item => JsonNode.Parse(item.WebSocketMessage!.Content.Span)!)];

    /// <summary>Makes the tenants <c>acme</c> (1) and <c>other</c> (2) and starts.</summary>
    public async Task StartAsync()
    {
        await Store.UpdateAsync(state => state.With(new TenantRecord { Number = 1, Name = "acme" }).With(new TenantRecord { Number = 2, Name = "other" }));
        await Fleet.StartAsync();
    }

    /// <summary>Installs a source, or another version of it where the number is in use.</summary>
    public Task InstallAsync(int number, string source, bool enabled = true, int tenant = 1)
    {
        var package = PluginPackage.Read(PackageFiles.FromSource(source), inline: true);
        return UpdateAsync(
            state => state
                .With(new PackageRecord { Tenant = tenant, Hash = package.Files.Hash, Name = $"p{number}", Version = "1" })
                .With((state.FindInstall(tenant, number) ?? new InstallRecord { Tenant = tenant, Number = number, Name = $"p{number}", Package = "" })
                    with { Package = package.Files.Hash, Enabled = enabled }),
            new StateContent { Packages = [package] });
    }

    public Task SwitchAsync(int number, bool enabled) => UpdateAsync(state => state.With(state.FindInstall(1, number)! with { Enabled = enabled }));

    /// <summary>Changes the document and waits until this node follows.</summary>
    public async Task UpdateAsync(Func<PluginState, PluginState> change, StateContent? content = null)
    {
        var state = await Store.UpdateAsync(change, content);
        await Fleet.AppliedAsync(state.Revision).WaitAsync(Patience);
    }

    public Task SendAsync(string id, int number, int tenant = 1) => SendAsync([(id, number)], tenant);

    public async Task SendAsync(IReadOnlyList<(string Id, int Number)> events, int tenant = 1)
    {
        var outcome = await Queue.EnqueueAsync([.. events.Select(one => new QueuedEvent
        {
            Tenant = tenant,
            Sequence = 0,
            Key = one.Id,
            Received = TimeProvider.System.GetUtcNow(),
            Body = Encoding.UTF8.GetBytes(
                $$"""{"uuid":"{{Guid.NewGuid()}}","event":"e","distinct_id":"{{one.Id}}","team_id":{{tenant}},"properties":{"n":{{one.Number}}} }"""),
        })]);
        Assert.Equal(EnqueueOutcome.Stored, outcome);
        Fleet.Wake(tenant);
    }

    /// <summary>Waits until so much was published on a channel, and gives it.</summary>
    public async Task<IReadOnlyList<JsonNode>> PublishedAsync(string channel, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (_backplane.Items.Count(item => item.Channel == channel) < count)
        {
            Assert.False(patience.IsCancellationRequested, $"{Published(channel).Count} of {count} items came; {Queue.Usage(1).Events} events wait, {Queue.DeadLetters.Count(1, new DeadLetterFilter())} are dead");
            await Task.Yield();
        }

        return Published(channel);
    }

    public async Task UntilAsync(int number, InstallState state)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Status(number)?.State != state)
        {
            Assert.False(patience.IsCancellationRequested, $"plugin {number} is {Status(number)?.State}: {Status(number)?.Error?.Message}");
            await Task.Yield();
        }
    }

    public InstallStatus? Status(int number, int tenant = 1) => Fleet.KeeperOf(tenant)?.Installs.FirstOrDefault(status => status.Install.Number == number);

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        _watchdog.Dispose();
        await _services.DisposeAsync();
        await _runs.DisposeAsync();
        await Queue.DisposeAsync();
        Switches.Dispose();
        await Store.DisposeAsync();
        _egress.Dispose();
        await _channels.DisposeAsync();
        _folder.Dispose();
    }

    private TenantRuntime Make(LiveTenant live)
    {
        TenantRuns? runs = null;
        var services = _services.For(live.Current, new RunOperations(() => runs).Operations);
        var keeper = new CellKeeper(live.Current, _parts with { StateChanged = new StateAnnouncer(live, Pipeline).Tell }, services, NullLogger<CellKeeper>.Instance);
        var parents = new EventParents();
        var parts = new PostParts
        {
            Tenant = live.Current,
            Queue = Queue.Post,
            Calls = new KeptCalls(keeper, parents),
            Webhooks = new WebhookSender(_egress, TimeProvider.System),
            IsOn = Switches.IsOn,
            Time = TimeProvider.System,
            Random = new Random(1),
        };
        var post = new PostStage(parts, NullLogger<PostStage>.Instance);
        var scheduler = new Scheduler(parts, Queue.Schedules, spread: true, NullLogger<Scheduler>.Instance);
        var dispatcher = new EventDispatcher(
            new DispatcherParts
            {
                Tenant = live.Current,
                Queue = Queue,
                Runner = new ChainRunner("acme", keeper, parents, 1_000_000, TimeProvider.System, NullLogger<ChainRunner>.Instance)
                {
                    IsBypassed = () => Switches.IsOn(SwitchName.BypassPlugins),
                },
                IsPaused = () => Switches.IsOn(SwitchName.PauseChain),
                Publisher = new EventPublisher(live, items => Pipeline.Publish(items, PublisherDoor.Plugin), _services.NextNumberAsync, static _ => { }, annotate: true),
                Waits = new EventWaits(),
                Post = post,
                Options = new DispatchOptions { Batch = 20 },
                Time = TimeProvider.System,
                Random = new Random(1),
            },
            NullLogger<EventDispatcher>.Instance);
        var jobs = new JobIntake(live.Current.Number, Queue.Post, TimeProvider.System) { Stored = post.Stored };
        var cells = new CellKeeper(live.Current with { Installs = [] }, _parts with { Role = "#runs" }, services, NullLogger<CellKeeper>.Instance);
        var runParts = new RunParts
        {
            Store = RunStore(_runs),
            Main = parts.Calls,
            Cells = cells,
            Calls = new KeptCalls(cells, parents),
            Limit = RunLimit,
            Grace = TimeSpan.FromSeconds(30),
            Time = TimeProvider.System,
        };
        runs = new TenantRuns(live.Current, runParts, NullLogger<TenantRuns>.Instance);
        return new TenantRuntime(live, keeper, dispatcher, post, scheduler)
        {
            Work = new TenantWork(parts.Calls, jobs, scheduler) { Direct = new DirectCalls(parts.Calls, counts: null, TimeProvider.System), Runs = runs },
        };
    }
}
