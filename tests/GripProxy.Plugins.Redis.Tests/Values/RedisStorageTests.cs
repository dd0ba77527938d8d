using System.Text;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.State;
using GripProxy.Redis;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests.Values;

/// <summary>The storage of plugins that all nodes share.</summary>
public sealed class RedisStorageTests : IAsyncLifetime
{
    private RedisServer _redis = null!; // These three before each test.
    private RedisPluginCluster _one = null!;
    private RedisPluginCluster _other = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _one = new RedisPluginCluster(new ClusterOptions { Redis = _redis.Address }, TimeProvider.System);
        _other = new RedisPluginCluster(new ClusterOptions { Redis = _redis.Address }, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task PLG13_Value_OfOneNode_IsThatOfTheOther_AndNobodyElses()
    {
        Assert.Null(await _one.OpenStorage(1).SetAsync("p", "k", "{\"a\":1}"u8.ToArray()));

        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString((await _other.OpenStorage(1).GetAsync("p", "k"))!));
        Assert.Null(await _other.OpenStorage(1).GetAsync("q", "k"));
        Assert.Null(await _other.OpenStorage(2).GetAsync("p", "k"));
        Assert.Null(await _other.OpenStorage(1).SetAsync("p", "k", null));
        Assert.Null(await _one.OpenStorage(1).GetAsync("p", "k"));
    }

    [Fact]
    public async Task PLG13_Increments_OfSeveralNodesAtATime_AreAllThere()
    {
        ITenantStorage[] storages = [_one.OpenStorage(1), _other.OpenStorage(1)];
        await storages[0].InitializeAsync("p", "n", "10"u8.ToArray());
        await storages[1].InitializeAsync("p", "n", "20"u8.ToArray());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => storages[i % 2].IncrementAsync("p", "n", 0.5)));

        Assert.Equal("20", Encoding.UTF8.GetString((await storages[0].GetAsync("p", "n"))!));
        await storages[0].SetAsync("p", "t", "\"text\""u8.ToArray());
        HostAnswer wrong = await storages[1].IncrementAsync("p", "t", 1);
        Assert.Equal("TypeError", wrong.Error!.Name);
    }

    [Fact]
    public async Task PLG13_Keys_AreListedInOrderAndByPage()
    {
        ITenantStorage storage = _one.OpenStorage(1);
        foreach (string key in new[] { "b1", "a", "b3", "b2" })
        {
            await storage.SetAsync("p", key, Encoding.UTF8.GetBytes($"\"{key}\""));
        }

        Assert.Equal([new StoredKey("b2", 4), new StoredKey("b3", 4)], await _other.OpenStorage(1).KeysAsync("p", "b", "b1", 2));
    }

    [Fact]
    public async Task PLG13_Storage_IsBoundedForATenant()
    {
        ITenantStorage storage = _one.OpenStorage(1);
        byte[] value = new byte[1024 * 1024];
        Array.Fill(value, (byte)'1');
        for (int i = 0; i < 99; i++)
        {
            Assert.Null(await storage.SetAsync($"p{i}", "k", value));
        }

        Assert.Null(await storage.SetAsync("last", "k", new byte[1024 * 1024 - 512]));
        Assert.Contains("100 MiB", (await storage.SetAsync("more", "k", value))!.Message, StringComparison.Ordinal);
        await storage.SetAsync("p0", "k", null);
        Assert.Null(await storage.SetAsync("more", "k", value));
        Assert.Equal("RangeError", (await storage.SetAsync("p", new string('k', 513), value))!.Name);
    }

    [Fact]
    public async Task PLG13_Storage_OfAnInstallThatIsGone_MakesRoom()
    {
        ITenantStorage storage = _one.OpenStorage(1);
        byte[] value = new byte[1024 * 1024];
        Array.Fill(value, (byte)'1');
        for (int i = 0; i < 99; i++)
        {
            Assert.Null(await storage.SetAsync(i < 50 ? "gone" : "stays", $"k{i}", value));
        }

        await _other.OpenStorage(1).ClearAsync("gone");

        Assert.Empty(await storage.KeysAsync("gone", "", "", 10));
        Assert.NotNull(await storage.GetAsync("stays", "k98"));
        for (int i = 0; i < 50; i++)
        {
            Assert.Null(await storage.SetAsync("new", $"k{i}", value));
        }
    }

    [Fact]
    public async Task PLG13_Storage_OfATenantThatIsGone_IsGoneAndOthersStays()
    {
        ITenantStorage gone = _one.OpenStorage(1);
        ITenantStorage stays = _one.OpenStorage(11);
        foreach (string install in new[] { "a", "b:c" })
        {
            Assert.Null(await gone.SetAsync(install, "k", [(byte)'1']));
            Assert.Null(await stays.SetAsync(install, "k", [(byte)'1']));
        }

        await gone.ClearAsync(null);

        foreach (string install in new[] { "a", "b:c" })
        {
            Assert.Null(await gone.GetAsync(install, "k"));
            Assert.NotNull(await stays.GetAsync(install, "k"));
        }
    }

    [Fact]
    public async Task PLG13_Redis_Away_IsSaid()
    {
        ITenantStorage storage = _one.OpenStorage(1);
        await storage.GetAsync("p", "k");
        await _redis.KillAsync();

        await Assert.ThrowsAsync<StateUnavailableException>(() => storage.GetAsync("p", "k"));
    }
}
