using System.Globalization;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Functional.Tests.Soak;
using GripProxy.Testing;
using Xunit.Abstractions;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>
/// Three nodes are replaced one after the other, each with its share of clients that must not miss anything: they are told to go over the window, go on
/// elsewhere with what they have, and nobody lacks an item, or gets one twice or out of order. <c>ROLLING_CLIENTS</c> makes it another size.
/// </summary>
[Collection(SoakCollection.Name)]
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Channels = 10;
    private const int Seed = 11;
    private static readonly TimeSpan s_betweenItems = TimeSpan.FromMilliseconds(150);
    private static readonly int s_clients = int.Parse(Environment.GetEnvironmentVariable("ROLLING_CLIENTS") ?? "3000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task EveryNodeIsReplaced_ReliableClients_MissNothing()
    {
        await using RedisServer redis = await RedisServer.StartDurableAsync();
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        ChaosHistory history = new(Channels);
        ChaosOrigin.Serve(origin, history);
        List<GripProxyProcess> all = [];
        // What a balancer in front knows of the nodes.
        Uri[] balanced = new Uri[Nodes];
        GripProxyProcess[] nodes = new GripProxyProcess[Nodes];
        using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 10_000, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        using CancellationTokenSource stop = new();
        try
        {
            for (int i = 0; i < Nodes; i++)
            {
                await StartAsync(i, generation: 1);
            }

            bool isPublished = false;
            ChaosClient[] clients = [.. Enumerable.Range(0, s_clients).Select(i => new ChaosClient((ChaosKind)(i % 3), i % Channels, balanced, new Random(Seed + i), http) { IsRestless = false })];
            Task[] reading = [.. clients.Select(client => Task.Run(() => client.RunAsync(
                () => Volatile.Read(ref isPublished) && client.Last == history.LastOf(client.Channel), stop.Token)))];
            await HeldAsync(nodes, s_clients);
            using CancellationTokenSource calm = new();
            Task publishing = Task.Run(() => PublishAsync(() => nodes[0], () => nodes[Nodes - 1], history, calm.Token));

            for (int i = 0; i < Nodes; i++)
            {
                GripProxyProcess old = nodes[i];
                int other = (i + 1) % Nodes;
                (nodes[i], balanced[i]) = (nodes[other], balanced[other]);
                Assert.Equal(0, await old.StopAsync());
                await StartAsync(i, generation: 2);
            }

            await calm.CancelAsync();
            await publishing;
            Volatile.Write(ref isPublished, true);
            // Wakes those that have all already.
            for (int channel = 0; channel < Channels; channel++)
            {
                await ClusterChaosTests.PublishAsync(nodes[0], history, channel);
            }

            stop.CancelAfter(TimeSpan.FromSeconds(60));
            await Task.WhenAll(reading);

            int missed = clients.Sum(client => history.LastOf(client.Channel) - client.Last);
            string counts = string.Create(CultureInfo.InvariantCulture,
                $"{s_clients} clients, {Nodes} nodes replaced: {Enumerable.Range(0, Channels).Sum(history.LastOf)} items published, "
                + $"{clients.Sum(client => (long)client.Received)} received, {clients.Sum(client => client.Moves)} connections ended, {clients.Sum(client => client.Resumed)} resumed, "
                + $"{clients.Sum(client => client.Snapshots)} snapshots; missed {missed}, duplicated {clients.Sum(client => client.Duplicates)}, out of order {clients.Sum(client => client.OutOfOrder)}");
            output.WriteLine(counts);
            await Console.Out.WriteLineAsync(counts);
            string[] troubles = [.. clients.Select(client => client.Trouble).OfType<string>().Take(5)];
            Assert.True(missed == 0 && clients.All(client => client is { Duplicates: 0, OutOfOrder: 0 }), $"{counts}\n{string.Join('\n', troubles)}");
            Assert.All(clients.Where(client => client.Kind != ChaosKind.Poll), client => Assert.True(client.Moves > 0));
        }
        finally
        {
            await stop.CancelAsync();
            foreach (GripProxyProcess node in all)
            {
                await node.DisposeAsync();
            }
        }

        async Task StartAsync(int i, int generation)
        {
            ProxySetup setup = ClusterChaosTests.SetupOf(string.Create(CultureInfo.InvariantCulture, $"node{i}-{generation}"), redis.Address, origin);
            GripProxyProcess node = await GripProxyProcess.StartAsync(setup.Set("drain", "window", "2"));
            all.Add(node);
            (nodes[i], balanced[i]) = (node, new Uri($"http://{node.Address}/"));
        }
    }

    /// <summary>Waits until the nodes hold so many clients together.</summary>
    private static async Task HeldAsync(GripProxyProcess[] nodes, int count)
    {
        for (int tries = 0; tries < 600; tries++)
        {
            int held = 0;
            foreach (GripProxyProcess node in nodes)
            {
                held += (await node.Control.GetAsync("/v1/nodes?local=1"))["items"]![0]!["connections"]!.GetValue<int>();
            }

            if (held >= count)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Fail($"The nodes do not hold {count} clients after a minute");
    }

    private static async Task PublishAsync(Func<GripProxyProcess> one, Func<GripProxyProcess> other, ChaosHistory history, CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            await ClusterChaosTests.PublishAsync(i % 2 == 0 ? one() : other(), history, i % Channels);
            await Task.WhenAny(Task.Delay(s_betweenItems, TimeProvider.System, stop));
        }
    }
}
