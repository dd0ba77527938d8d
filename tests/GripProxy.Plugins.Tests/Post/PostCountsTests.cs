using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>What is counted of the work beside the chain (plugins.md §11.2).</summary>
public sealed class PostCountsTests
{
    [Fact]
    public async Task PLG16_Exports_AreCountedByWhatBecameOfThem()
    {
        var calls = new FakeCalls().With(1, ["exportEvents"], """{"exportEventsBufferBytes":1}""");
        var answers = new ConcurrentQueue<CallResult>([FakeCalls.Nothing, FakeCalls.Threw("RetryError", "503"), FakeCalls.Threw("Error", "400")]);
        calls.Answer = (_, _, _) => Task.FromResult<CallResult?>(answers.TryDequeue(out var answer) ? answer : FakeCalls.Nothing);
        await using var stage = new TestStage(calls);
        using var counted = new Counted(stage.Meters);
        stage.Stage.Start();

        await stage.PublishedAsync("taken");
        await stage.EmptyAsync();
        await stage.PublishedAsync("later");
        await stage.WaitingAsync(PostLine.Exports, work => work.Attempts == 1);
        await stage.PublishedAsync("refused");
        await TestStage.UntilAsync(() => stage.Dead.Count == 1);
        await stage.PassAsync(TimeSpan.FromSeconds(4), () => stage.Queue.Post.Count(1) == 0);

        Assert.Equal(
            [("events_delivered_successfully", 2), ("events_seen", 3), ("other_errors", 1), ("retry_errors", 1), ("undelivered_events", 1)],
            stage.Metrics.OwnOfToday().Where(metric => metric is { Tenant: "acme", Install: "p1", Kind: "sum" }).Select(metric => (metric.Name, (int)metric.Value)).Order());
        Assert.Equal(
            ["exportEvents error 1", "exportEvents ok 2", "exportEvents retry 1"],
            counted.Of("gripproxy.plugin.calls", "method", "result"));
        Assert.Equal(4, stage.Use.Hour("p1").Calls);
        Assert.Equal(2, stage.Use.Hour("p1").Errors);
    }

    [Fact]
    public async Task PLG16_Calls_AndJobs_AreCountedByTheirKind()
    {
        var calls = new FakeCalls().With(1, ["onEvent"], jobs: ["clean", "sweep"]);
        calls.Answer = static (_, method, _) => Task.FromResult<CallResult?>(method == "onEvent" ? FakeCalls.Threw("TimeoutError", "late") : FakeCalls.Nothing);
        await using var stage = new TestStage(calls);
        using var counted = new Counted(stage.Meters);
        stage.Stage.Start();

        await stage.PublishedAsync("signup");
        await stage.Jobs.AddAsync(1, "clean", "null"u8.ToArray(), stage.Time.GetUtcNow());
        await stage.Jobs.AddAsync(1, "sweep", "null"u8.ToArray(), stage.Time.GetUtcNow());
        await stage.EmptyAsync();

        Assert.Equal(["p1 jobs ok 2", "p1 onEvent timeout 1"], counted.Of("gripproxy.plugin.calls", "install", "method", "result"));
    }

    [Fact]
    public async Task PLG09_Webhook_ToAHostThatThePackageDoesNotDeclare_IsRefusedWhereTheOperatorSaysSo()
    {
        await using var server = await TestServer.StartAsync(static _ => Task.CompletedTask);
        var egress = new EgressOptions
        {
            DeclaredOnly = true,
            Ports = new HashSet<int> { server.Port },
            AllowPrivate = [EgressHole.TryParse("127.0.0.0/8", out var hole) ? hole : throw new InvalidOperationException("it is a network")],
        };
        FakeCalls Composing(string manifest) => new FakeCalls { Answer = (_, _, _) => Task.FromResult<CallResult?>(new CallResult(System.Text.Encoding.UTF8.GetBytes($$"""{"url":"{{server.Url}}hook","body":"x"}"""), null)) }
            .With(1, ["composeWebhook"], manifest: manifest);
        await using var silent = new TestStage(Composing("{}"), egress: egress);
        await using var declares = new TestStage(Composing("""{"egress":["127.0.0.*"]}"""), egress: egress);
        using var counted = new Counted(declares.Meters);
        silent.Stage.Start();
        declares.Stage.Start();

        await silent.PublishedAsync("signup");
        await TestStage.UntilAsync(() => silent.Dead.Count == 1);
        await declares.PublishedAsync("signup");
        await declares.EmptyAsync();

        Assert.Contains("declared", silent.Dead[0].Error, StringComparison.Ordinal);
        Assert.Empty(declares.Dead);
        Assert.Equal(["composeWebhook ok 1", "webhook ok 1"], counted.Of("gripproxy.plugin.calls", "method", "result"));
    }

    /// <summary>Adds up what the counters of one meter factory are told. Thread-safe.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, long Value, KeyValuePair<string, object?>[] Labels)> _told = new();

        public Counted(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == PluginInstruments.MeterName && instrument.Meter.Scope == meters)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => _told.Enqueue((instrument.Name, value, labels.ToArray())));
            _listener.Start();
        }

        /// <summary>Sums by some labels, in order.</summary>
        public IReadOnlyList<string> Of(string name, params string[] labels) =>
        [
            .. _told.Where(one => one.Name == name)
                .GroupBy(one => string.Join(' ', labels.Select(label => one.Labels.First(pair => pair.Key == label).Value)))
                .Select(group => $"{group.Key} {group.Sum(one => one.Value)}").Order(StringComparer.Ordinal),
        ];

        public void Dispose() => _listener.Dispose();
    }
}
