using System.Globalization;
using GripProxy.Plugins.Redis.Tests.Queue;
using GripProxy.Plugins.Redis.Values;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.State;
using GripProxy.Redis;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests.Values;

/// <summary>The cache of plugins that all nodes share.</summary>
public sealed class RedisCacheTests : IAsyncLifetime
{
    private RedisServer _redis = null!; // These four before each test.
    private RedisPluginCluster _cluster = null!;
    private RedisPluginCluster _other = null!;
    private ITenantCache _cache = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _cluster = new RedisPluginCluster(new ClusterOptions { Redis = _redis.Address }, TimeProvider.System);
        _other = new RedisPluginCluster(new ClusterOptions { Redis = _redis.Address }, TimeProvider.System);
        _cache = _cluster.OpenCache(1);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _other.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task PLG13_Text_OfOneNode_IsThatOfTheOther_AndNobodyElses()
    {
        await _cache.SetAsync("p", "k", "text", null);
        await _cache.SetAsync("p", "empty", "", null);
        await _cache.SetAsync("p", "null", null, TimeSpan.FromMinutes(1));

        ITenantCache there = _other.OpenCache(1);
        Assert.Equal(new CachedText("text"), await there.GetAsync("p", "k"));
        Assert.Equal(new CachedText(""), await there.GetAsync("p", "empty"));
        Assert.Equal(new CachedText(null), await there.GetAsync("p", "null"));
        Assert.Null(await there.GetAsync("p", "missing"));
        Assert.Null(await there.GetAsync("q", "k"));
        Assert.Null(await _other.OpenCache(2).GetAsync("p", "k"));
        Assert.Null(await _other.OpenCache(1).GetAsync("p:k", ""));
    }

    [Fact]
    public async Task PLG13_Lifetimes_EndValues()
    {
        await _cache.SetAsync("p", "k", "text", TimeSpan.FromSeconds(100));
        Assert.InRange(long.Parse(await _redis.AskAsync("PTTL", "gp:{t1}:c:p:k"), CultureInfo.InvariantCulture), 1, 100_000);
        Assert.True(await _cache.ExpireAsync("p", "k", TimeSpan.Zero));
        Assert.Null(await _cache.GetAsync("p", "k"));
        Assert.False(await _cache.ExpireAsync("p", "k", TimeSpan.FromSeconds(1)));
        await _cache.SetAsync("p", "k", "text", null);
        await _cache.SetAsync("p", "k", "text", TimeSpan.Zero);
        Assert.Null(await _cache.GetAsync("p", "k"));
    }

    [Fact]
    public async Task PLG13_Counters_OfSeveralNodes_AreOne()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? _cache : _other.OpenCache(1)).IncrementAsync("p", "n").AsTask()));

        Assert.Equal(21, await _cache.IncrementAsync("p", "n"));
        await _cache.SetAsync("p", "t", "text", null);
        Assert.Contains("is not an integer", (await Assert.ThrowsAsync<CacheException>(() => _cache.IncrementAsync("p", "t").AsTask())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG13_Lists_DoWhatThoseOfASingleNodeDo()
    {
        ITenantCache[] both = [_cache, new LocalCache(new TenantCache(TimeProvider.System))];
        List<string> told = [];
        foreach (ITenantCache cache in both)
        {
            List<string> said =
            [
                $"{await cache.PushAsync("p", "l", ["a", "b", "a", "c"])}",
                $"{await cache.PushAsync("p", "l", [])}",
                string.Join(',', await cache.RangeAsync("p", "l", 0, -1)),
                string.Join(',', await cache.RangeAsync("p", "l", 1, 2)),
                $"{await cache.RemoveElementsAsync("p", "l", 1, "a")}",
                string.Join(',', await cache.PopAsync("p", "l", 2)),
                string.Join(',', await cache.PopAsync("p", "l", 0)),
                $"{await cache.LengthAsync("p", "l")}",
                $"{await cache.LengthAsync("p", "none")}",
                (await Assert.ThrowsAsync<CacheException>(() => cache.GetAsync("p", "l").AsTask())).Message,
            ];
            told.Add(string.Join('|', said));
        }

        Assert.Equal(told[1], told[0]);
        Assert.StartsWith("4|4|c,a,b,a|a,b|1|c,b||1|0|", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG13_Clear_RemovesWhatIsOneInstallsOnly()
    {
        await _cache.SetAsync("p", "k", "text", null);
        await _cache.PushAsync("p", "l", ["a"]);
        await _cache.SetAsync("pq", "k", "text", null);
        await _other.OpenCache(2).SetAsync("p", "k", "text", null);

        await _cache.ClearAsync("p");

        Assert.Null(await _cache.GetAsync("p", "k"));
        Assert.Equal(0, await _cache.LengthAsync("p", "l"));
        Assert.NotNull(await _cache.GetAsync("pq", "k"));
        Assert.NotNull(await _other.OpenCache(2).GetAsync("p", "k"));
    }

    [Fact]
    public async Task PLG13_Cache_IsBounded_AndForgetsWhatWasNotUsedForLongest()
    {
        RedisCache cache = Small(20_000);
        string value = new('x', 1000);
        await cache.SetAsync("p", "read", value, null);
        await cache.SetAsync("p", "old", value, null);
        // Redis counts in seconds.
        while (await NumberAsync("OBJECT", "IDLETIME", "gp:{t9}:c:p:old") < 3)
        {
            // Looking at it so is no use.
        }

        Assert.NotNull(await cache.GetAsync("p", "read"));
        int written = 0;
        for (; await NumberAsync("EXISTS", "gp:{t9}:c:p:old") == 1; written++)
        {
            Assert.True(written < 100);
            await cache.SetAsync("q", $"k{written}", value, null);
        }

        Assert.NotNull(await cache.GetAsync("p", "read"));
        Assert.NotNull(await cache.GetAsync("q", "k0"));
        Assert.InRange(written, 10, 20);
        Assert.InRange(await BytesAsync(), 10_000, 20_000);
    }

    [Fact]
    public async Task PLG13_Value_LargerThanTheCache_IsRefused_AndTheRestStays()
    {
        RedisCache cache = Small(20_000);
        await cache.SetAsync("p", "k", "text", null);
        await cache.PushAsync("p", "l", ["a", "b"]);

        Assert.Contains("is larger than the cache", (await Assert.ThrowsAsync<CacheException>(() => cache.SetAsync("p", "big", new string('x', 30_000), null).AsTask())).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CacheException>(() => cache.PushAsync("p", "l", [new string('x', 15_000), new string('y', 15_000)]).AsTask());

        Assert.Equal(new CachedText("text"), await cache.GetAsync("p", "k"));
        Assert.Null(await cache.GetAsync("p", "big"));
        Assert.Equal(["b", "a"], await cache.RangeAsync("p", "l", 0, -1));
    }

    [Fact]
    public async Task PLG13_WhatIsKnownOfTheCache_GoesWithItsValues()
    {
        RedisCache cache = Small(1_000_000);
        for (int i = 0; i < 50; i++)
        {
            await cache.SetAsync("p", $"short{i}", "x", TimeSpan.FromMilliseconds(1));
        }

        await cache.SetAsync("p", "k", "text", null);
        await cache.IncrementAsync("p", "n");
        await cache.PushAsync("p", "l", ["a"]);
        await cache.PopAsync("p", "l", 1);
        // Those whose time is over are found as others are written.
        for (int i = 0; await NumberAsync("ZCARD", "gp:{t9}:ci:used") != 2; i++)
        {
            Assert.True(i < 1000);
            await cache.SetAsync("p", "k", "text", null);
        }

        Assert.True(await BytesAsync() > 0);
        await cache.ClearAsync("p");
        Assert.Equal(0, await BytesAsync());
        Assert.Equal(0, await NumberAsync("ZCARD", "gp:{t9}:ci:used"));
    }

    [Fact]
    public async Task PLG13_Redis_Away_IsSaid()
    {
        await _cache.GetAsync("p", "k");
        await _redis.KillAsync();

        await Assert.ThrowsAsync<StateUnavailableException>(() => _cache.GetAsync("p", "k").AsTask());
    }

    private RedisCache Small(long bytes) => new(_cluster.Client, new RedisScript(_cluster.Client, "values.lua"), "gp:{t9}", bytes);

    private Task<long> BytesAsync() => NumberAsync("HGET", "gp:{t9}:ci:bytes", "");

    private async Task<long> NumberAsync(params string[] command) => long.Parse(await _redis.AskAsync(command), CultureInfo.InvariantCulture);
}
