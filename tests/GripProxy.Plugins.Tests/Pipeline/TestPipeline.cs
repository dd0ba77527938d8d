using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Channels;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Tests.Pipeline;

/// <summary>A tenant's chain over a real cell. Owned by one test.</summary>
internal sealed class TestPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>For a clock that is turned for as long as a test waits: hours of it pass while a cell answers, which does not hang for that.</summary>
    public static readonly WorkerLimits ClockTurns = new() { Hang = TimeSpan.FromMilliseconds(int.MaxValue) };

    private readonly CellWatchdog _watchdog = new(TimeProvider.System);
    private readonly ILoggerFactory _logs = LoggerFactory.Create(_ => { });
    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress;
    private readonly SharedServices _services;
    private readonly StorageDatabase _storage;
    private readonly ServiceProvider _channels;

    public TestPipeline(TimeProvider time, SupervisionOptions supervision, WorkerLimits limits, params string[] sources)
        : this(time, supervision, limits, new PluginsOptions(), [.. sources.Select((source, index) => Install(index + 1, source))])
    {
    }

    public TestPipeline(TimeProvider time, SupervisionOptions supervision, WorkerLimits limits, params IReadOnlyList<Install> installs)
        : this(time, supervision, limits, new PluginsOptions(), installs)
    {
    }

    /// <summary>A pipeline whose cells a program of the test starts.</summary>
    public TestPipeline(TimeProvider time, WorkerLaunch launch, params string[] sources)
        : this(
            time, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromDays(1) }, ClockTurns, new PluginsOptions(),
            [.. sources.Select((source, index) => Install(index + 1, source))], launch: launch)
    {
    }

    /// <summary>A pipeline whose plugins capture.</summary>
    public TestPipeline(CaptureParts capture, Func<Install, Install> shape, params string[] sources)
        : this(
            capture.Time, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromDays(1) }, new WorkerLimits(), new PluginsOptions(),
            [.. sources.Select((source, index) => shape(Install(index + 1, source)))], capture)
    {
    }

    private TestPipeline(
        TimeProvider time, SupervisionOptions supervision, WorkerLimits limits, PluginsOptions options, IReadOnlyList<Install> installs, CaptureParts? capture = null,
        WorkerLaunch? launch = null)
    {
        _channels = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().AddMetrics().AddSingleton<IBackplane>(Published)
            .AddGripChannels(new ChannelsOptions()).BuildServiceProvider();
        _egress = new EgressClient(options.Egress, static () => [], time);
        _services = new SharedServices(
            new PluginsOptions { Data = _folder.Path, GeoDatabase = options.GeoDatabase, Targets = options.Targets, Profiles = options.Profiles }, _channels.GetRequiredService<PublishPipeline>(),
            _egress, new PluginInstruments(_channels.GetRequiredService<IMeterFactory>()), time, _logs) { CountSubscribers = channel => channel.Length };
        // The same file, as a test sees it.
        _storage = new StorageDatabase(_folder.File("storage.db"));
        Tenant = new Tenant { Name = "acme", Number = 1, ChannelPrefix = "", Installs = installs };
        var parents = new EventParents();
        Keeper = new CellKeeper(
            Tenant,
            new CellParts
            {
                Launch = launch ?? TestRuntime.Launch,
                Limits = limits,
                Supervision = supervision,
                Watchdog = _watchdog,
                Compiler = new PackageCompiler(new PluginCompiler(TestRuntime.Launch, TimeProvider.System)),
                Node = "test-node",
                Time = time,
                Installed = install =>
                {
                    OneTimeSteps.Add(install);
                    return Task.CompletedTask;
                },
            },
            _services.For(
                Tenant,
                new Dictionary<string, HostOperation>(StringComparer.Ordinal) { ["jobs.enqueue"] = (install, arguments) => EnqueueJob(install, arguments) },
                capture is null ? new Dictionary<string, HostOperation>(StringComparer.Ordinal) : new EventCapturing(Tenant, parents, capture, _logs.CreateLogger<EventCapturing>()).Operations),
            _logs.CreateLogger<CellKeeper>());
        Runner = new ChainRunner("acme", Keeper, parents, 10_000, time, _logs.CreateLogger<ChainRunner>());
    }

    public TestPipeline(params string[] sources)
        : this(TimeProvider.System, new SupervisionOptions { StartWait = TimeSpan.FromMinutes(1) }, new WorkerLimits(), sources)
    {
    }

    public TestPipeline(PluginsOptions options, params string[] sources)
        : this(
            TimeProvider.System, new SupervisionOptions { StartWait = TimeSpan.FromMinutes(1) }, new WorkerLimits(), options,
            [.. sources.Select((source, index) => Install(index + 1, source))])
    {
    }

    /// <summary>Takes the plugins' jobs.</summary>
    public HostOperation EnqueueJob { get; set; } = static (_, _) => ValueTask.FromResult(HostAnswer.Failed("Error", "no jobs here"));

    public Tenant Tenant { get; private set; }

    /// <summary>Installs whose one-time step was done.</summary>
    public ConcurrentBag<Install> OneTimeSteps { get; } = [];

    /// <summary>What came out.</summary>
    public RecordingBackplane Published { get; } = new();

    public PublishPipeline Publishing => _channels.GetRequiredService<PublishPipeline>();

    public CellKeeper Keeper { get; }

    public TenantProfiles Profiles => _services.ProfilesOf(Tenant);

    public PluginMetrics Metrics => _services.Metrics.Find(1)!.Metrics; // The services were made.

    public ChainRunner Runner { get; }

    public Task<IReadOnlyList<EventFate>> RunAsync(params string[] names) =>
        Runner.RunAsync(0, [.. names.Select((name, index) => Event(name, index + 1))], CancellationToken.None).WaitAsync(Patience);

    public static Install Install(int number, string source) => new()
    {
        Number = number,
        Name = $"p{number}",
        Package = PluginPackage.Read(PackageFiles.FromSource(source), inline: true),
        Enabled = true,
    };

    /// <summary>Wants something else of the installs from now on.</summary>
    public void Switch(params IReadOnlyList<Install> installs)
    {
        Tenant = Tenant with { Installs = installs };
        Keeper.Apply(Tenant, start: true);
    }

    /// <summary>What an install has stored, as JSON.</summary>
    public string? Stored(string install, string key) => _storage.Do(store => store.Get(1, install, key)) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Stores something for an install.</summary>
    public void Store(string install, string key, string json) => _storage.Do(store =>
    {
        store.Set(1, install, key, Encoding.UTF8.GetBytes(json));
        return true;
    });

    public Task UntilAsync(int number, InstallState state) => UntilAsync(() => Keeper.Installs.FirstOrDefault(status => status.Install.Number == number)?.State == state);

    // States change on other threads; there is nothing to wait for but the state itself.
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public InstallStatus Status(int number) => Keeper.Installs.Single(status => status.Install.Number == number);

    public static QueuedEvent Event(string name, long sequence) => new()
    {
        Tenant = 1,
        Sequence = sequence,
        Key = $"d{sequence}",
        Received = DateTimeOffset.UnixEpoch,
        Body = Encoding.UTF8.GetBytes($$"""{"uuid":"{{Guid.CreateVersion7()}}","event":"{{name}}","distinct_id":"d{{sequence}}","team_id":1,"properties":{ } }"""),
    };

    public static JsonNode Properties(EventFate fate) => JsonNode.Parse(fate.Event!.Value.Span)!["properties"]!;

    public async ValueTask DisposeAsync()
    {
        await Keeper.DisposeAsync();
        _watchdog.Dispose();
        _logs.Dispose();
        _storage.Dispose();
        await _services.DisposeAsync();
        _egress.Dispose();
        _folder.Dispose();
        await _channels.DisposeAsync();
    }
}
