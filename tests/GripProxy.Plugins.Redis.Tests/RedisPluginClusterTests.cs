using GripProxy.Plugins.State;
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

    [Fact]
    public async Task PLG60_Numbers_OfAChannel_AreOneNumberingForAllNodes_AndNoneIsGivenWhileRedisIsAway()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RedisPluginCluster one = new(new ClusterOptions { Redis = redis.Address }, TimeProvider.System);
        await using RedisPluginCluster other = new(new ClusterOptions { Redis = redis.Address }, TimeProvider.System);

        long[] given = [await one.NextNumberAsync("a"), await other.NextNumberAsync("a"), await one.NextNumberAsync("b"), await one.NextNumberAsync("a")];

        Assert.Equal([1, 2, 1, 3], given);
        await redis.KillAsync();

        await Assert.ThrowsAsync<StateUnavailableException>(async () => await one.NextNumberAsync("a"));
    }
}
