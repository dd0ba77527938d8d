using System.Diagnostics.Metrics;
using System.Net;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Plugins.Admin;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>
/// The plugin part in one object: starts the plugins, at once or when the cluster can be reached, and passes requests to them. Built only where plugins are
/// enabled. Owned by the proxy host, which starts it once and disposes of it.
/// </summary>
public sealed partial class PluginHost : IAsyncDisposable
{
    private readonly PluginsOptions _options;
    private readonly PublishPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<PluginHost> _logger;
    private readonly LateJoin _late;
    private readonly Lock _gate = new(); // Of what is asked of them while they begin.
    private volatile RunningPlugins? _running; // Null until they run.
    private bool _takesNoMore;
    private bool _isReloadDue;
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
        var opening = new PluginOpening(MakeParts(environment, new WorkerLaunch
        {
            Runtime = runtime,
            Programs = Path.Combine(productFolder, "worker"),
            Data = _options.Data,
            Launcher = _options.Launcher,
            V8Flags = _options.V8Flags,
        }, modules));
        try
        {
            // Events tell of people: nobody else on this machine reads them.
            PrivateFolder.Create(_options.Data);
            return await OpenAsync(opening);
        }
        catch (StateUnavailableException e) when (Cluster is not null && !e.IsLasting)
        {
            _late.Begin(e.Message, () => OpenAsync(opening));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or Microsoft.Data.Sqlite.SqliteException)
        {
            return $"[plugins] data: {_options.Data} cannot be used: {e.Message}";
        }
    }

    /// <summary>True if requests of a path bring events, or ask what clients that send some ask for.</summary>
    public static bool IsIngestPath(string path) => IngestHandler.Answers(path);

    /// <summary>
    /// Reads the set-up file again and makes of what runs what it says (plugins-http.md §5). What is wrong with it is logged, and all stays as it was.
    /// Where nothing runs yet it is read again once it does.
    /// </summary>
    /// <returns>True if something was changed.</returns>
    public async Task<bool> ReloadAsync()
    {
        RunningPlugins? running;
        lock (_gate)
        {
            running = _running;
            _isReloadDue = running is null;
        }

        if (running is null)
            return false;
        try
        {
            var outcome = await running.Setup.ApplyAsync();
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
            return _running is { } running ? (await running.Setup.ApplyAsync(dryRun: true)).Problems : [];
        }
        catch (IOException e)
        {
            return [e.Message];
        }
    }

    /// <summary>Answers a request for the ingest listener.</summary>
    public Task HandleIngestAsync(HttpContext context) => _running?.HandleIngestAsync(context) ?? IngestReply.WriteAsync(context, NotJoined);

    /// <summary>True if a path of the control port belongs to the plugins.</summary>
    public bool ServesAdmin(string path) => _running?.ServesAdmin(path) ?? AdminApi.Serves(path);

    /// <summary>The first segments after <c>/v1/</c> that belong to their own API.</summary>
    public IEnumerable<string> AdminNames => _running?.Admin.Names ?? [];

    /// <summary>Answers a request for such a path.</summary>
    public Task HandleAdminAsync(HttpContext context) => _running?.HandleAdminAsync(context) ?? AdminProblem.Unavailable(NotJoined.Message).WriteAsync(context);

    /// <summary>True if a request has an operator's token.</summary>
    public bool IsOperator(HttpRequest request) => _running?.Admin.IsOperator(request) == true;

    /// <summary>Names of the tenants whose plugins run in a cell of this node now.</summary>
    public IReadOnlyList<string> WarmTenants() => _running?.WarmTenants ?? [];

    /// <summary>Takes no more events: senders are told to come back, those who wait for the end of theirs wait no longer.</summary>
    public void StopTaking()
    {
        RunningPlugins? running;
        lock (_gate)
        {
            running = _running;
            _takesNoMore = true;
        }

        running?.StopTaking();
    }

    /// <summary>Takes no more events, lets the plugins say goodbye, and closes the queue. What has not ended waits for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _late.DisposeAsync();
        if (_running is not null)
            await _running.DisposeAsync();
    }

    private static EventProblem NotJoined => new(503, "unavailable", "the plugins wait for the cluster, whose Redis is away; try again") { RetryAfter = 5 };

    private HostParts MakeParts(Func<string, string?> environment, WorkerLaunch launch, PackageFiles? modules) => new()
    {
        Options = _options,
        Environment = environment,
        Launch = launch,
        Modules = modules,
        Pipeline = _pipeline,
        Table = Table,
        Instruments = new PluginInstruments(Meters),
        Cluster = Cluster,
        OwnListeners = OwnListeners,
        Pass = Pass,
        Node = Node,
        Random = _random,
        Time = _time,
        Loggers = _loggers,
    };

    // Null: they run.
    private async Task<string?> OpenAsync(PluginOpening opening)
    {
        var (running, problem) = await opening.OpenAsync();
        if (running is null)
            return problem;
        await ShowAsync(running);
        return null;
    }

    private async Task ShowAsync(RunningPlugins running)
    {
        bool isReloadDue;
        lock (_gate)
        {
            if (_takesNoMore)
                running.StopTaking();
            _running = running;
            isReloadDue = _isReloadDue;
        }

        if (!isReloadDue)
            return;
        try
        {
            await ReloadAsync();
        }
        catch (Exception e)
        {
            Log.SetupProblem(_logger, e.Message); // They run as they were set up before.
        }
    }
}
