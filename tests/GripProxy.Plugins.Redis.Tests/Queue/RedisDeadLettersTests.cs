using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Queue;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests.Queue;

public sealed class RedisDeadLettersTests : DeadLetterContract
{
    private TestCluster? _cluster;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _cluster!.DisposeAsync(); // Started with the first store.
    }

    private protected override async Task<IWorkStore> OpenAsync(QueueLimits? limits = null, string name = "events")
    {
        _cluster ??= await TestCluster.StartAsync();
        RedisWorkStore store = _cluster.Open(limits: limits, time: Time, prefix: name);
        await store.Partitions.BalanceAsync();
        return store;
    }
}
