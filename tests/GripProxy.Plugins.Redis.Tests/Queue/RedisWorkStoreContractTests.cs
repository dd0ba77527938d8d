using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Queue;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests.Queue;

public sealed class RedisWorkStoreContractTests : WorkStoreContract, IAsyncLifetime
{
    private TestCluster? _cluster;

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster!.DisposeAsync(); // Started before.

    private protected override Task LookAsync(IWorkStore store) => ((RedisWorkStore)store).LookAsync(1);

    private protected override async Task<IWorkStore> OpenAsync(QueueLimits? limits = null)
    {
        RedisWorkStore store = _cluster!.Open(limits: limits, time: Time); // Started before.
        await store.Partitions.BalanceAsync();
        foreach (int tenant in (int[])[1, 2])
        {
            await store.LookAsync(tenant);
        }

        return store;
    }
}
