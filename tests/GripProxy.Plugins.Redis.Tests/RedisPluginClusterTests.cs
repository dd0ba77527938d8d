using GripProxy.Redis;
using GripProxy.Redis.Client;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests;

public sealed class RedisPluginClusterTests
{
    [Fact]
    public async Task Client_OfACluster_TalksToItsRedis()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RedisPluginCluster cluster = new(new ClusterOptions { Redis = redis.Address, Prefix = "test" }, TimeProvider.System);

        await cluster.Client.ExecuteAsync("SET", $"{cluster.Prefix}:a", new ScriptArguments().Add("1"));

        Assert.Equal("1", (await redis.AskAsync("GET", "test:a")).Trim());
    }
}
