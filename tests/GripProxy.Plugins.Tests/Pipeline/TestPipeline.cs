using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Channels;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
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

    private readonly CellWatchdog _watchdog = new(TimeProvider.System);
    private readonly ILoggerFactory _logs = LoggerFactory.Create(_ => { });
    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress;
    private readonly SharedServices _services;
    private readonly ServiceProvider _channels =
        new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().AddMetrics().AddGripChannels(new ChannelsOptions()).BuildServiceProvider();

    public TestPipeline(TimeProvider time, SupervisionOptions supervision, WorkerLimits limits, params string[] sources)
    {
        _egress = new EgressClient(new EgressOptions(), static () => [], time);
        _services = new SharedServices(new PluginsOptions { Data = _folder.Path }, _channels.GetRequiredService<PublishPipeline>(), _egress, time);
        var installs = sources.Select((source, index) => new Install
        {
            Number = index + 1,
            Name = $"p{index + 1}",
            Package = PluginPackage.Read(PackageFiles.FromSource(source), inline: true),
            Enabled = true,
        });
        Tenant = new Tenant { Name = "acme", Number = 1, ChannelPrefix = "", Installs = [.. installs] };
        Keeper = new CellKeeper(
            Tenant,
            new CellParts
            {
                Launch = TestRuntime.Launch,
                Limits = limits,
                Supervision = supervision,
                Watchdog = _watchdog,
                Compiler = new PackageCompiler(new PluginCompiler(TestRuntime.Launch, TimeProvider.System)),
                Time = time,
            },
            _services.For(Tenant),
            _logs.CreateLogger<CellKeeper>());
        Runner = new ChainRunner("acme", Keeper, 10_000, time, _logs.CreateLogger<ChainRunner>());
    }

    public TestPipeline(params string[] sources)
        : this(TimeProvider.System, new SupervisionOptions { StartWait = TimeSpan.FromMinutes(1) }, new WorkerLimits(), sources)
    {
    }

    public Tenant Tenant { get; }

    public PublishPipeline Publishing => _channels.GetRequiredService<PublishPipeline>();

    public CellKeeper Keeper { get; }

    public ChainRunner Runner { get; }

    public Task<IReadOnlyList<EventFate>> RunAsync(params string[] names) =>
        Runner.RunAsync([.. names.Select((name, index) => Event(name, index + 1))], CancellationToken.None).WaitAsync(Patience);

    public InstallStatus Status(int number) => Keeper.Installs.Single(status => status.Install.Number == number);

    public static QueuedEvent Event(string name, long sequence) => new()
    {
        Tenant = 1,
        Sequence = sequence,
        Key = $"d{sequence}",
        Received = DateTimeOffset.UnixEpoch,
        Body = Encoding.UTF8.GetBytes($$"""{"event":"{{name}}","distinct_id":"d{{sequence}}","team_id":1,"properties":{ } }"""),
    };

    public static JsonNode Properties(EventFate fate) => JsonNode.Parse(fate.Event!.Value.Span)!["properties"]!;

    public async ValueTask DisposeAsync()
    {
        await Keeper.DisposeAsync();
        _watchdog.Dispose();
        _logs.Dispose();
        _services.Dispose();
        _egress.Dispose();
        _folder.Dispose();
        await _channels.DisposeAsync();
    }
}
