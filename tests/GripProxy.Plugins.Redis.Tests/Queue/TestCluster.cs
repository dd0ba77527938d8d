using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Queue;
using GripProxy.Plugins.Runs;
using GripProxy.Redis;
using GripProxy.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Redis.Tests.Queue;

/// <summary>A Redis and the stores of the nodes of a test.</summary>
internal sealed class TestCluster(RedisServer redis) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<RedisPluginCluster> _clusters = [];
    private readonly List<RedisWorkStore> _works = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-nodes");

    public RedisServer Redis => redis;

    public static async Task<TestCluster> StartAsync() => new(await RedisServer.StartDurableAsync());

    /// <summary>The data folder of a node.</summary>
    public string DataOf(string node) => _folder.CreateSubdirectory(node).FullName;

    /// <summary>The store of a node that takes no partitions by itself.</summary>
    public RedisWorkStore Open(string node = "a", QueueLimits? limits = null, TimeProvider? time = null, string prefix = "test", ILoggerFactory? logs = null, string settings = "")
    {
        RedisPluginCluster cluster = new(new ClusterOptions { Redis = redis.Address + settings, Prefix = prefix }, time ?? TimeProvider.System);
        _clusters.Add(cluster);
        return (RedisWorkStore)cluster.OpenWork(node, DataOf(node), limits ?? new QueueLimits(), logs ?? NullLoggerFactory.Instance);
    }

    /// <summary>The long runs of a node, whose leases are its own.</summary>
    public IRunStore OpenRuns(string node, TimeProvider? time = null)
    {
        _works.Add(Open(node, time: time));
        return _clusters[^1].OpenRuns(node);
    }

    /// <summary>Waits for what has no event of its own.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            Assert.True(TimeProvider.System.GetElapsedTime(since) < s_patience, $"waited for: {what}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RedisWorkStore work in _works)
        {
            await work.DisposeAsync();
        }

        foreach (RedisPluginCluster cluster in _clusters)
        {
            await cluster.DisposeAsync();
        }

        await redis.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
