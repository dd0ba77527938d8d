using GripProxy.Channels.Logs;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests;

public sealed class RedisChannelLogTests : ChannelLogContract, IAsyncLifetime
{
    private RedisServer _redis = null!; // by InitializeAsync
    private ClusterNode _node = null!; // by InitializeAsync

    protected override IChannelLog Log => _node.Log;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _node = await ClusterNode.StartAsync(new ClusterOptions { Redis = _redis.Address }, channels: Options);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    protected override async Task<Position?> AppendAsync(Item item, bool isDuplicate = false)
    {
        TestHold hold = await _node.HoldAsync(item.Channel);
        _node.Pipeline.Publish([item]);
        await hold.HasAsync(1);
        hold.Leave();
        return hold.Items[0].Position;
    }

    protected override Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
