using System.Diagnostics.Metrics;
using System.Text;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>The work beside a chain over a real store and plugins that the test answers for. Owned by one test.</summary>
internal sealed class TestStage : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress;

    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public TestStage(FakeCalls calls, bool skipJobs = false, EgressOptions? egress = null)
    {
        _egress = new EgressClient(egress ?? new EgressOptions(), static () => [], TimeProvider.System);
        Calls = calls;
        Use = new PluginUse(new PluginMetrics("acme", Time), Time);
        Meters = _meters.GetRequiredService<IMeterFactory>();
        SkipJobs = skipJobs;
        (Queue, Stage, Jobs) = Open();
    }

    public FakeCalls Calls { get; }

    /// <summary>What plugins did.</summary>
    public PluginUse Use { get; }

    /// <summary>What plugins keep.</summary>
    public PluginMetrics Metrics => Use.Metrics;

    /// <summary>Makes the meters of the stage, and of nobody else.</summary>
    public IMeterFactory Meters { get; }

    /// <summary>The log of the stage.</summary>
    public HeardLog<PostStage> Log { get; } = new();

    /// <summary>The store.</summary>
    public string File => _folder.File("events.db");

    /// <summary>The operational switch that is on; empty: none.</summary>
    public string Switched { get; set; } = "";

    public ManualTime Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public SqliteEventQueue Queue { get; private set; }

    public PostStage Stage { get; private set; }

    public JobIntake Jobs { get; private set; }

    private bool SkipJobs { get; }

    /// <summary>An event has been published.</summary>
    public async Task PublishedAsync(string name, string more = "", int depth = 0, int capturedBy = 0)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"event":"{{{name}}}","distinct_id":"anna","properties":{ {{{more}}} }}""");
        await Queue.EnqueueAsync([new QueuedEvent { Tenant = 1, Key = "anna", Received = Time.GetUtcNow(), Depth = depth, CapturedBy = capturedBy, Body = body }]);
        var queued = (await Queue.ReadAsync(1, 0, 1))[0];
        var works = Stage.WorkFor([(body, queued)]);
        Assert.True(await Queue.RemoveAsync(1, [queued], works));
        Stage.Stored(works);
    }

    /// <summary>The process ends and another one starts.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        (Queue, Stage, Jobs) = Open();
        Stage.Start();
    }

    /// <summary>Dead letters.</summary>
    public IReadOnlyList<DeadLetter> Dead => Queue.DeadLetters.List(1, DeadLetterFilter.All, 0, 100);

    /// <summary>Waits until nothing waits.</summary>
    public Task EmptyAsync() => UntilAsync(() => Queue.Post.Count(1) == 0);

    /// <summary>Waits for what happens on other threads and says nothing.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Time passes, and then more of it in small steps until something is so: whoever set his timer a moment too late is not waited for by the clock.</summary>
    public Task PassAsync(TimeSpan time, Func<bool> isSo)
    {
        Time.Advance(time);
        return UntilAsync(() =>
        {
            if (isSo())
                return true;
            Time.Advance(TimeSpan.FromMilliseconds(10));
            return false;
        });
    }

    /// <summary>The one piece of work of a line, once it looks as it should.</summary>
    public async Task<PostWork> WaitingAsync(PostLine line, Func<PostWork, bool> isSo)
    {
        PostWork? found = null;
        await UntilAsync(() => Queue.Post.List(1, null, line, 0, 1) is [var first] && isSo(found = first));
        return found!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _egress.Dispose();
        await _meters.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StopAsync()
    {
        await Stage.DisposeAsync();
        await Queue.DisposeAsync();
        Calls.Changed = static () => { };
    }

    private (SqliteEventQueue Queue, PostStage Stage, JobIntake Jobs) Open()
    {
        var queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), Time, NullLogger<SqliteEventQueue>.Instance);
        var stage = new PostStage(
            new PostParts
            {
                Tenant = new Tenant { Name = "acme", Number = 1, ChannelPrefix = "" },
                Queue = queue.Post,
                Calls = Calls,
                Webhooks = new WebhookSender(_egress, Time),
                Counts = new PostCounts("acme", new PluginInstruments(Meters), Use),
                SkipJobsWhenDisabled = SkipJobs,
                IsOn = name => name == Switched,
                Time = Time,
                Random = new Random(1),
            },
            Log);
        return (queue, stage, new JobIntake(1, queue.Post, Time) { Stored = stage.Stored });
    }
}
