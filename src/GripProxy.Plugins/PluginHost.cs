using System.Diagnostics.Metrics;
using System.Net;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Post.Schedules;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>
/// The plugin part in one object: reads the set-up, opens the queue, and for each tenant keeps a cell and dispatches events. Built only where plugins are
/// enabled. Owned by the proxy host, which starts it once and disposes of it.
/// </summary>
public sealed partial class PluginHost : IAsyncDisposable
{
    private readonly Dictionary<int, (CellKeeper Keeper, EventDispatcher Dispatcher, PostStage Post, Scheduler Scheduler)> _tenants = [];
    private readonly EventWaits _waits = new();
    private readonly PluginsOptions _options;
    private readonly PublishPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<PluginHost> _logger;
    private readonly EgressClient _egress;
    private SqliteEventQueue? _queue;
    private SharedServices? _services;
    private LogBook? _logs;
    private CellWatchdog? _watchdog;
    private IngestHandler? _ingest;
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
        _egress = new EgressClient(options.Egress, () => OwnListeners(), time);
    }

    /// <summary>Where clients are subscribed.</summary>
    public required SubscriptionTable Table { get; init; }

    /// <summary>Makes meters.</summary>
    public required IMeterFactory Meters { get; init; }

    /// <summary>Where the proxy listens, which plugins do not reach. Asked for each connection that a plugin makes; set before <see cref="Start"/>.</summary>
    public Func<IReadOnlyList<IPEndPoint>> OwnListeners { get; set; } = static () => [];

    /// <summary>Name of this node, which stands in the logs of plugins. Set before <see cref="Start"/>.</summary>
    public string Node { get; set; } = "";

    /// <summary>Reads the set-up, opens the queue and goes on with the events that wait in it.</summary>
    /// <param name="environment">Value of an environment variable, or null.</param>
    /// <param name="productFolder">Folder of the program.</param>
    /// <returns>Null, or why it cannot start.</returns>
    public string? Start(Func<string, string?> environment, string productFolder)
    {
        var search = new RuntimeSearch(_options.RuntimePath, productFolder, environment("PATH") ?? "");
        if (search.Find(out var error) is not { } runtime)
            return error;
        try
        {
            CreatePrivate(_options.Data);
            var numbers = NumberBook.Open(Path.Combine(_options.Data, "numbers.json"));
            var setup = ReadSetup(environment, numbers);
            if (setup.Problems.Count > 0)
                return string.Join("; ", setup.Problems);
            numbers.Save();
            _queue = new SqliteEventQueue(
                Path.Combine(_options.Data, "events.db"), _options.QueueFullSync, new QueueLimits(_options.QueueEvents, _options.QueueBytes, _options.DeadLetters, _options.DeadLetterDays), _time,
                _loggers.CreateLogger<SqliteEventQueue>());
            _logs = new LogBook(Path.Combine(_options.Data, "logs.db"), Node, _time, _loggers.CreateLogger<LogBook>());
            _services = new SharedServices(_options, _pipeline, _egress, new PluginInstruments(Meters), _time, _loggers) { CountSubscribers = Table.CountSubscribers };
            StartTenants(setup.Tenants, runtime, Path.Combine(productFolder, "worker"));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or Microsoft.Data.Sqlite.SqliteException)
        {
            return $"[plugins] data: {_options.Data} cannot be used: {e.Message}";
        }
    }

    /// <summary>True if requests of a path bring events, or ask what clients that send some ask for.</summary>
    public static bool IsIngestPath(string path) => IngestHandler.Answers(path);

    /// <summary>Answers a request for the ingest listener.</summary>
    public Task HandleIngestAsync(HttpContext context) =>
        _ingest?.HandleAsync(context) ?? throw new InvalidOperationException("The plugin host has not been started.");

    /// <summary>Takes no more events: senders are told to come back, those who wait for the end of theirs wait no longer.</summary>
    public void StopTaking()
    {
        _ingest?.Stop();
        _waits.ForgetAll();
    }

    /// <summary>Takes no more events, lets the plugins say goodbye, and closes the queue. What has not ended waits for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        StopTaking();
        await Task.WhenAll(_tenants.Values.Select(async tenant =>
        {
            await tenant.Dispatcher.DisposeAsync();
            await tenant.Scheduler.DisposeAsync();
            await tenant.Post.StopAsync();
            await tenant.Keeper.DisposeAsync();
            await tenant.Post.DisposeAsync();
        }));
        _watchdog?.Dispose();
        _egress.Dispose();
        if (_services is not null)
            await _services.DisposeAsync();
        if (_logs is not null)
            await _logs.DisposeAsync();
        if (_queue is not null)
            await _queue.DisposeAsync();
    }

    private SetupResult ReadSetup(Func<string, string?> environment, NumberBook numbers) => _options.ConfigFile.Length > 0
        ? new SetupReader(_options.ConfigFile, environment, numbers).Read()
        : new SetupResult([new Tenant { Name = "default", Number = numbers.NumberOf("tenants", "default"), ChannelPrefix = "" }], []);

    private void StartTenants(IReadOnlyList<Tenant> tenants, RuntimeLocation runtime, string programs)
    {
        var launch = new WorkerLaunch { Runtime = runtime, Programs = programs, Data = _options.Data, Launcher = _options.Launcher, V8Flags = _options.V8Flags };
        _watchdog = new CellWatchdog(_time);
        var parts = new CellParts
        {
            Launch = launch,
            Limits = _options.Limits,
            Supervision = _options.Supervision,
            Watchdog = _watchdog,
            Compiler = new PackageCompiler(new PluginCompiler(launch, _time)),
            Logs = _logs,
            Node = Node,
            Time = _time,
        };
        Action<Tenant> stored = tenant => _tenants[tenant.Number].Dispatcher.Wake();
        var capture = new CaptureParts { Options = _options.Capture, MaxEvent = _options.Events.MaxEvent, Queue = _queue!, Stored = stored, Time = _time }; // Opened before.
        foreach (var tenant in tenants)
        {
            var parents = new EventParents();
            var capturing = new EventCapturing(tenant, parents, capture, _loggers.CreateLogger<EventCapturing>());
            var jobs = new JobIntake(tenant.Number, _queue!.Post, _time); // Opened before.
            var keeper = new CellKeeper(tenant, parts, _services!.For(tenant, capturing.Operations, jobs.Operations), _loggers.CreateLogger<CellKeeper>()); // Opened before.
            var postParts = PostPartsOf(tenant, keeper, parents);
            var post = new PostStage(postParts, _loggers.CreateLogger<PostStage>());
            keeper.Leaving = (running, copy) => post.FlushAsync(copy.Install.Number, (method, argument) => running.Cell.CallAsync(copy.Copy, method, argument));
            jobs.Stored = post.Stored;
            var scheduler = new Scheduler(postParts, _queue!.Schedules, _options.ScheduleSpread, _loggers.CreateLogger<Scheduler>()); // Opened before.
            var dispatcher = new EventDispatcher(
                new DispatcherParts
                {
                    Tenant = tenant,
                    Queue = capture.Queue,
                    Runner = new ChainRunner(tenant.Name, keeper, parents, _options.Events.MaxEvent, _time, _loggers.CreateLogger<ChainRunner>()),
                    Publisher = new EventPublisher(tenant, items => _services.Publish(tenant, items), _services.NextNumber, _services.ProfilesOf(tenant).Learn, _options.Annotate),
                    Waits = _waits,
                    Post = post,
                    Options = _options.Dispatch,
                    Time = _time,
                    Random = _random,
                },
                _loggers.CreateLogger<EventDispatcher>());
            _tenants[tenant.Number] = (keeper, dispatcher, post, scheduler);
            Log.Tenant(_logger, tenant.Name, tenant.Installs.Count(install => install.Enabled), tenant.Installs.Count);
        }

        var intake = new EventIntake(_options.Events, capture.Queue, stored, _time, _waits);
        _ingest = new IngestHandler(intake, new TenantDirectory(tenants), _options.Events, _time);
        _queue!.DeadLetters.Replayed = tenant =>
        {
            _tenants[tenant].Dispatcher.Wake();
            _tenants[tenant].Post.Wake();
        };
        foreach (var (keeper, dispatcher, post, scheduler) in _tenants.Values)
        {
            _ = keeper.PrepareAsync();
            dispatcher.Start();
            post.Start();
            scheduler.Start();
        }
    }

    private PostParts PostPartsOf(Tenant tenant, CellKeeper keeper, EventParents parents) => new()
    {
        Tenant = tenant,
        Queue = _queue!.Post, // Opened before.
        Calls = new KeptCalls(keeper, parents),
        Webhooks = new WebhookSender(_egress, _time),
        Tasks = _options.Dispatch.Tasks,
        SkipJobsWhenDisabled = _options.JobsSkipWhenDisabled,
        Time = _time,
        Random = _random,
    };

    // Events tell of people: nobody else on this machine reads them.
    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static partial class Log
    {
        [LoggerMessage(7300, LogLevel.Information, "plugins of {Tenant}: {Enabled} of {Count} are enabled", EventName = "PluginTenant")]
        public static partial void Tenant(ILogger logger, string tenant, int enabled, int count);
    }
}
