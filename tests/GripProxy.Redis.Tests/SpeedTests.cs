using System.Globalization;
using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;
using Xunit.Abstractions;

namespace GripProxy.Redis.Tests;

/// <summary>
/// Measures what docs/scaling.md says; prints, and asserts only that nothing is lost. <c>SPEED_ITEMS</c> sets how many items are sent; few by default,
/// so that the suite stays quick.
/// </summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    private static readonly int s_items =
        Environment.GetEnvironmentVariable("SPEED_ITEMS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 2000;

    [Fact]
    public async Task Latency_FromOneNodeToAHoldOfAnother()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode a = await StartAsync(redis, "a");
        await using ClusterNode b = await StartAsync(redis, "b");
        TestHold hold = await b.HoldAsync("news");
        List<double> times = [];
        for (int i = 0; i < s_items / 2; i++)
        {
            long since = TimeProvider.System.GetTimestamp();
            a.Publish("news", $"{i}");
            await hold.HasAsync(i + 1);
            times.Add(TimeProvider.System.GetElapsedTime(since).TotalMilliseconds);
        }

        times.Sort();
        Print($"publish on one node to queue of a hold on another, {times.Count} items one after the other: "
            + $"median {times[times.Count / 2]:0.00} ms, 95 % {times[times.Count * 95 / 100]:0.00} ms, 99 % {times[times.Count * 99 / 100]:0.00} ms");
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(100, 1, false)]
    [InlineData(100, 2, false)]
    [InlineData(100, 1, true)]
    public async Task Throughput_OfOneRedis(int channels, int receivers, bool isLogged)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode a = await StartAsync(redis, "a");
        List<ClusterNode> nodes = [];
        List<TestHold> holds = [];
        for (int n = 0; n < receivers; n++)
        {
            ClusterNode node = await StartAsync(redis, $"b{n}");
            nodes.Add(node);
            for (int i = 0; i < channels; i++)
            {
                holds.Add(await node.HoldAsync(Name(i)));
            }
        }

        double cpuBefore = await CpuAsync(redis);
        long since = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < s_items; i++)
        {
            a.Publish(Name(i % channels), $"{i}");
        }

        foreach (TestHold hold in holds)
        {
            await hold.HasAsync(s_items / channels);
        }

        double seconds = TimeProvider.System.GetElapsedTime(since).TotalSeconds;
        double cpu = await CpuAsync(redis) - cpuBefore;
        Print($"{s_items} items of {(isLogged ? "logged " : "")}{channels} channel(s) to {receivers} other node(s): {s_items / seconds:0} items/s; "
            + $"Redis {cpu * 1e6 / s_items:0.0} µs of CPU each, so at most {s_items / cpu:0} items/s per Redis");
        foreach (ClusterNode node in nodes)
        {
            await node.DisposeAsync();
        }

        string Name(int i) => $"{(isLogged ? "log" : "c")}{i}";
    }

    private static Task<ClusterNode> StartAsync(RedisServer redis, string name) =>
        ClusterNode.StartAsync(new ClusterOptions { Redis = redis.Address }, name, OutageTests.Channels);

    private static async Task<double> CpuAsync(RedisServer redis)
    {
        string info = await redis.AskAsync("INFO", "cpu");
        return info.Split('\n').Where(line => line.StartsWith("used_cpu_sys:", StringComparison.Ordinal) || line.StartsWith("used_cpu_user:", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(':')[1], CultureInfo.InvariantCulture));
    }

    private void Print(string line) => output.WriteLine(line);
}
