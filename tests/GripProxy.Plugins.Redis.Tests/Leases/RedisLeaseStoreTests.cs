using GripProxy.Plugins.Redis.Leases;
using GripProxy.Redis.Client;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Redis.Tests.Leases;

/// <summary>One node at a time (plugins.md §12.4).</summary>
public sealed class RedisLeaseStoreTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly List<IAsyncDisposable> _open = [];
    private RedisServer? _redis;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(_open))
        {
            await one.DisposeAsync();
        }

        await _redis!.DisposeAsync(); // Started before.
    }

    [Fact]
    public async Task PLG19_Lease_IsHeldByOneNode_AndGoesToTheNextWithAHigherEpoch()
    {
        RedisLeaseStore one = Open("one");
        RedisLeaseStore other = Open("other");

        Lease first = (await one.TryTakeAsync("task"))!;
        Assert.True(first.IsHeld);
        Assert.Null(await other.TryTakeAsync("task"));
        Assert.Null(await one.TryTakeAsync("task"));
        Assert.NotNull(await other.TryTakeAsync("another"));

        await first.DisposeAsync();
        Assert.False(first.IsHeld);
        Lease second = (await other.TryTakeAsync("task"))!;
        Assert.True(second.Epoch > first.Epoch);

        // Who held it before does not give it back for another.
        await first.DisposeAsync();
        Assert.Null(await one.TryTakeAsync("task"));
    }

    [Fact]
    public async Task PLG19_Epoch_GrowsAlsoWhereRedisHasLostItsData()
    {
        RedisLeaseStore store = Open("one");
        Lease before = (await store.TryTakeAsync("task"))!;
        await _redis!.AskAsync("FLUSHALL"); // Started before.

        Lease after = (await store.TryTakeAsync("task"))!;

        Assert.True(after.Epoch > before.Epoch);
    }

    [Fact]
    public async Task PLG19_Lease_IsRenewed_AndLostWhenItsKeyIsGone()
    {
        RedisLeaseStore store = Open("one");
        Lease lease = (await store.TryTakeAsync("task"))!;
        string key = "test:{leases}:l:task";
        await _redis!.AskAsync("PEXPIRE", key, "60000"); // Started before.

        _time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(async () => int.Parse(await _redis.AskAsync("PTTL", key), System.Globalization.CultureInfo.InvariantCulture) <= 15_000);
        Assert.True(lease.IsHeld);

        await _redis.AskAsync("DEL", key);
        _time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(() => Task.FromResult(!lease.IsHeld));
    }

    [Fact]
    public async Task PLG19_Lease_ThatCannotBeRenewed_EndsHereBeforeItEndsInRedis()
    {
        RedisLeaseStore store = Open("one");
        Lease lease = (await store.TryTakeAsync("task"))!;
        await _redis!.KillAsync(); // Started before.

        _time.Advance(RedisLeaseStore.Patience - TimeSpan.FromSeconds(1));
        Assert.True(lease.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(lease.IsHeld);
        Assert.True(RedisLeaseStore.Patience < RedisLeaseStore.Lifetime);
    }

    [Fact]
    public async Task PLG19_Lease_ThatWasGivenUp_IsNotBroughtBackByALateRenewal()
    {
        RedisLeaseStore store = Open("one");
        RedisLeaseStore other = Open("other");
        Lease lease = (await store.TryTakeAsync("task"))!;
        await _redis!.AskAsync("CLIENT", "PAUSE", "60000", "WRITE"); // Started before.
        _time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(async () => (await _redis.AskAsync("INFO", "clients")).Contains("blocked_clients:1", StringComparison.Ordinal));

        _time.Advance(RedisLeaseStore.Patience - TimeSpan.FromSeconds(6));
        Assert.False(lease.IsHeld);
        await _redis.AskAsync("CLIENT", "UNPAUSE");

        Lease? next = null;
        await UntilAsync(async () => (next = await other.TryTakeAsync("task")) is not null);
        Assert.True(next!.Epoch > lease.Epoch); // It was taken.
        Assert.False(lease.IsHeld);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    private RedisLeaseStore Open(string node)
    {
        RedisClient client = new(_redis!.Address, TimeProvider.System); // Started before.
        RedisLeaseStore store = new(client, "test", node, _time, NullLogger<RedisLeaseStore>.Instance);
        _open.Add(client);
        _open.Add(store);
        return store;
    }
}
