using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Functional.Tests.Soak;
using Xunit.Abstractions;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>
/// Three nodes and a Redis that is killed, paused and failed over, with clients that move between the nodes: nobody misses anything, nor gets anything
/// twice or out of order. <c>CHAOS_SECONDS</c>, <c>CHAOS_CLIENTS</c> and <c>CHAOS_SEED</c> make it longer, larger and another one.
/// </summary>
[Collection(SoakCollection.Name)]
public sealed class ClusterChaosTests(ITestOutputHelper output)
{
    private const int Channels = 10;
    private static readonly int s_seconds = Number("CHAOS_SECONDS", 15);
    private static readonly int s_clients = Number("CHAOS_CLIENTS", 300);
    private static readonly int s_seed = Number("CHAOS_SEED", 20250711);

    [Fact]
    public async Task RedisFailsInEveryWay_ReliableClients_MissNothing()
    {
        await using ChaosRedis redis = await ChaosRedis.StartAsync();
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        ChaosHistory history = new(Channels);
        ChaosOrigin.Serve(origin, history);
        await using GripProxyProcess a = await StartAsync("a", redis, origin);
        await using GripProxyProcess b = await StartAsync("b", redis, origin);
        await using GripProxyProcess c = await StartAsync("c", redis, origin);
        GripProxyProcess[] nodes = [a, b, c];
        using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 10_000, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Random random = new(s_seed);
        using CancellationTokenSource calm = new();
        using CancellationTokenSource stop = new();
        bool isPublished = false;
        ChaosClient[] clients = [.. Enumerable.Range(0, s_clients).Select(i => new ChaosClient(
            (ChaosKind)(i % 3), i % Channels, [.. nodes.Select(node => new Uri($"http://{node.Address}/"))], new Random(s_seed + i), http))];
        Task[] reading = [.. clients.Select(client => Task.Run(() => client.RunAsync(
            () => Volatile.Read(ref isPublished) && client.Last == history.LastOf(client.Channel), stop.Token)))];

        Task publishing = Task.Run(() => PublishAsync(nodes, history, new Random(s_seed), calm.Token));
        calm.CancelAfter(TimeSpan.FromSeconds(s_seconds));
        while (!calm.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 3000)), TimeProvider.System, calm.Token));
            await redis.SufferAsync(random, calm.Token);
        }

        await publishing;
        Volatile.Write(ref isPublished, true);
        stop.CancelAfter(TimeSpan.FromSeconds(90));
        await Task.WhenAll(reading);

        int missed = clients.Sum(client => history.LastOf(client.Channel) - client.Last);
        string counts = string.Create(CultureInfo.InvariantCulture,
            $"{s_clients} clients, {s_seconds} s, seed {s_seed}: Redis killed {redis.Kills}, paused {redis.Pauses}, failed over {redis.Failovers}; "
            + $"{Enumerable.Range(0, Channels).Sum(history.LastOf)} items published, {clients.Sum(client => client.Received)} received, {clients.Sum(client => client.Moves)} moves, "
            + $"{clients.Sum(client => client.Resumed)} resumed, {clients.Sum(client => client.Snapshots)} snapshots; "
            + $"missed {missed}, duplicated {clients.Sum(client => client.Duplicates)}, out of order {clients.Sum(client => client.OutOfOrder)}");
        output.WriteLine(counts);
        await Console.Out.WriteLineAsync(counts);
        string[] troubles = [.. clients.Select(client => client.Trouble).OfType<string>().Take(5)];
        Assert.True(missed == 0 && clients.All(client => client is { Duplicates: 0, OutOfOrder: 0 }), $"{counts}\n{string.Join('\n', troubles)}");
    }

    private static async Task PublishAsync(GripProxyProcess[] nodes, ChaosHistory history, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await PublishAsync(nodes[random.Next(nodes.Length)], history, random.Next(Channels));
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(random.Next(5, 40)), TimeProvider.System, stop));
        }
    }

    internal static async Task PublishAsync(GripProxyProcess node, ChaosHistory history, int channel)
    {
        int number = history.Add(channel);
        string content = string.Create(CultureInfo.InvariantCulture, $"data: {number}\n\n");
        JsonObject item = new()
        {
            ["channel"] = ChaosHistory.Name(channel),
            ["id"] = $"{number}",
            ["prev-id"] = $"{number - 1}",
            ["formats"] = new JsonObject
            {
                ["http-response"] = new JsonObject { ["body"] = content },
                ["http-stream"] = new JsonObject { ["content"] = content },
            },
        };
        using HttpResponseMessage answer = await node.Control.PostAsync(new JsonObject { ["items"] = new JsonArray(item) }.ToJsonString());
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static Task<GripProxyProcess> StartAsync(string name, ChaosRedis redis, FakeOrigin origin) => GripProxyProcess.StartAsync(SetupOf(name, redis.Address, origin));

    internal static ProxySetup SetupOf(string name, string redis, FakeOrigin origin) => new ProxySetup()
        .Set("cluster", "redis", redis)
        .Set("cluster", "node", name)
        .Set("channel:chaos*", "log_items", "2000")
        .Set("handler", "id_cache_ttl", "60")
        .Set("handler", "message_wait", "20000")
        .Set("runner", "log_level", "1")
        .Route($"* {origin.Address}");

    private static int Number(string variable, int fallback) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
