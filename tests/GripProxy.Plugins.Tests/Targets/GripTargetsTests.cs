using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Targets;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Protocol.Items;
using GripProxy.Security;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Targets;

/// <summary>Items for other proxies, over real sockets (plugins.md §7.4).</summary>
public sealed class GripTargetsTests : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Channel<(string? Authorization, string Path, string Body)> _taken = Channel.CreateUnbounded<(string?, string, string)>();
    private readonly ConcurrentQueue<(string Target, string Result, long Count)> _counted = new();
    private readonly MeterListener _listener = new();

    [Fact]
    public async Task PLG63_Items_ReachTheOtherProxy_InOrder_WithItsToken()
    {
        await using var server = await TakingAsync(_ => 200);
        Assert.True(GripKey.TryRead("secret of the other", ".", out var key, out _));
        await using var targets = Targets(TimeProvider.System, new GripTarget(server.Url, "plugins", key));

        for (var i = 0; i < 3; i++)
            targets.Publish([Item($"{i}")]);

        List<string> ids = [];
        while (ids.Count < 3)
        {
            var (authorization, path, body) = await TakenAsync();
            Assert.Equal("/publish/", path);
            Assert.StartsWith("Bearer ey", authorization, StringComparison.Ordinal);
            ids.AddRange(JsonNode.Parse(body)!["items"]!.AsArray().Select(item => item!["id"]!.ToString()));
            Assert.Contains("\"http-stream\":{\"content\":\"hello\\n\"}", body, StringComparison.Ordinal);
        }

        Assert.Equal(["0", "1", "2"], ids);
    }

    [Fact]
    public async Task PLG63_Target_ThatFails_IsAskedThreeTimesMore_AndHoldsNobodyBack()
    {
        var asked = 0;
        await using var failing = await TestServer.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var server = await TakingAsync(_ => 200);
        var time = new ManualTime();
        var targets = Targets(time, new GripTarget(failing.Url, "", null), new GripTarget(server.Url, "", null));

        var waits = WaitsAsync(time, 0.5);
        targets.Publish([Item("1")]);
        Assert.Contains("\"id\":\"1\"", (await TakenAsync()).Body, StringComparison.Ordinal);
        foreach (var (delay, next) in ((double, double)[])[(0.5, 1), (1, 2), (2, 0.5)])
        {
            await waits;
            waits = WaitsAsync(time, next);
            if (delay == 2)
                targets.Publish([Item("2")]);
            time.Advance(TimeSpan.FromSeconds(delay));
        }

        Assert.Contains("\"id\":\"2\"", (await TakenAsync()).Body, StringComparison.Ordinal);
        await waits;
        Assert.Equal(5, asked);
        Assert.Contains((failing.Url.Authority, "failed", 1L), _counted);
        Assert.Contains((server.Url.Authority, "sent", 1L), _counted);
        var disposing = targets.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        await disposing.AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task PLG63_Target_ThatRefuses_IsNotAskedAgain()
    {
        await using var server = await TakingAsync(count => count == 0 ? 401 : 200);
        await using var targets = Targets(TimeProvider.System, new GripTarget(server.Url, "", null));

        targets.Publish([Item("1")]);
        await TakenAsync();
        targets.Publish([Item("2")]);

        Assert.Contains("\"id\":\"2\"", (await TakenAsync()).Body, StringComparison.Ordinal);
        Assert.Contains((server.Url.Authority, "failed", 1L), _counted);
    }

    [Fact]
    public async Task PLG63_Items_ThatFindNoRoom_AreDroppedAndCounted()
    {
        var begun = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(context =>
        {
            begun.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await using var targets = Targets(TimeProvider.System, new GripTarget(server.Url, "", null));
        targets.Publish([Item("first")]);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

        targets.Publish([.. Enumerable.Range(0, 10_007).Select(number => Item($"{number}"))]);

        Assert.Contains((server.Url.Authority, "dropped", 7L), _counted);
    }

    public Task InitializeAsync()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gripproxy.plugin.target.items")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString() ?? "", StringComparer.Ordinal);
            _counted.Enqueue((values["target"], values["result"], count));
        });
        _listener.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    private static Item Item(string id) => new() { Channel = "c", Id = id, HttpStream = new HttpStreamFormat { Content = Encoding.UTF8.GetBytes("hello\n") } };

    private GripTargets Targets(TimeProvider time, params GripTarget[] targets) =>
        new(targets, new PluginInstruments(_services.GetRequiredService<IMeterFactory>()), time, NullLogger<GripTargets>.Instance);

    private static Task WaitsAsync(ManualTime time, double seconds) => time.TimerSetAsync(TimeSpan.FromSeconds(seconds)).WaitAsync(TimeSpan.FromSeconds(30));

    private Task<TestServer> TakingAsync(Func<int, int> status)
    {
        var count = 0;
        return TestServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            context.Response.StatusCode = status(count++);
            await context.Response.CompleteAsync();
            _taken.Writer.TryWrite((context.Request.Headers.Authorization, context.Request.Path, body));
        });
    }

    private Task<(string? Authorization, string Path, string Body)> TakenAsync() => _taken.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
