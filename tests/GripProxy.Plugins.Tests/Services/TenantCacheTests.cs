using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Services;

/// <summary>The cache of a tenant (plugins-api.md §3.2, plugins.md §10).</summary>
public sealed class TenantCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();

    [Fact]
    public void PLG13_Cache_Text_LivesItsTime()
    {
        var cache = new TenantCache(_time);
        cache.Set("p", "k", "v", TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(cache.TryGet("p", "k", out var text));
        Assert.Equal("v", text);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(cache.TryGet("p", "k", out _));
        Assert.Equal(0, cache.Size);
    }

    [Fact]
    public void PLG13_Cache_OfOneInstall_IsNotAnothers()
    {
        var cache = new TenantCache(_time);
        cache.Set("p", "k", "v", null);

        Assert.False(cache.TryGet("q", "k", out _));
    }

    [Fact]
    public void PLG13_Cache_Expire_SaysWhetherThereWasSomething()
    {
        var cache = new TenantCache(_time);
        cache.Set("p", "k", "v", null);

        Assert.False(cache.Expire("p", "other", TimeSpan.FromSeconds(1)));
        Assert.True(cache.Expire("p", "k", TimeSpan.FromSeconds(1)));
        Assert.True(cache.Expire("p", "k", TimeSpan.Zero));
        Assert.False(cache.TryGet("p", "k", out _));
    }

    [Fact]
    public void PLG13_Cache_Counter_CountsAndKeepsItsTime()
    {
        var cache = new TenantCache(_time);
        Assert.Equal([1L, 2L], [cache.Increment("p", "n"), cache.Increment("p", "n")]);
        cache.Expire("p", "n", TimeSpan.FromSeconds(5));
        Assert.Equal(3, cache.Increment("p", "n"));
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, cache.Increment("p", "n"));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("9223372036854775807")]
    [InlineData(null)]
    public void PLG13_Cache_CounterOfWhatIsNoNumber_IsRefused(string? text)
    {
        var cache = new TenantCache(_time);
        cache.Set("p", "n", text, null);

        Assert.Throws<CacheException>(() => cache.Increment("p", "n"));
    }

    [Fact]
    public void PLG13_Cache_List_BehavesAsThatOfRedis()
    {
        var cache = new TenantCache(_time);
        Assert.Equal(3, cache.Push("p", "l", ["a", "b", "c"]));
        Assert.Equal(5, cache.Push("p", "l", ["b", "d"]));

        Assert.Equal(["d", "b", "c", "b", "a"], cache.Range("p", "l", 0, -1));
        Assert.Equal(["b", "a"], cache.Range("p", "l", -2, 100));
        Assert.Equal(["b"], cache.Range("p", "l", 1, 1));
        Assert.Empty(cache.Range("p", "l", 3, 1));
        Assert.Empty(cache.Range("p", "l", 9, 12));
        Assert.Equal(1, cache.RemoveElements("p", "l", 1, "b"));
        Assert.Equal(["d", "c", "b", "a"], cache.Range("p", "l", 0, -1));
        cache.Push("p", "l", ["b"]);
        Assert.Equal(1, cache.RemoveElements("p", "l", -1, "b"));
        Assert.Equal(["b", "d", "c", "a"], cache.Range("p", "l", 0, -1));
        Assert.Equal(1, cache.RemoveElements("p", "l", 0, "b"));
        Assert.Equal(["d", "c"], cache.Pop("p", "l", 2));
        Assert.Empty(cache.Pop("p", "l", -1));
        Assert.Equal(1, cache.Length("p", "l"));
        Assert.Equal(["a"], cache.Pop("p", "l", 7));
        Assert.Equal((0, 0L), (cache.Length("p", "l"), cache.Size));
    }

    [Fact]
    public void PLG13_Cache_OneKindForAnother_IsRefused()
    {
        var cache = new TenantCache(_time);
        cache.Set("p", "text", "v", null);
        cache.Push("p", "list", ["v"]);

        Assert.Throws<CacheException>(() => cache.Push("p", "text", ["v"]));
        Assert.Throws<CacheException>(() => cache.Length("p", "text"));
        Assert.Throws<CacheException>(() => cache.Increment("p", "list"));
        Assert.Throws<CacheException>(() => cache.TryGet("p", "list", out _));
        cache.Set("p", "list", "now a text", null);
        Assert.True(cache.TryGet("p", "list", out _));
    }

    [Fact]
    public void PLG13_Cache_ThatIsFull_ForgetsWhatWasNotUsedForLongest()
    {
        var cache = new TenantCache(_time, mostBytes: 1000);
        for (var i = 0; i < 5; i++)
            cache.Set("p", $"{i}", new string('x', 20), null);
        cache.TryGet("p", "0", out _);
        for (var i = 5; i < 8; i++)
            cache.Set("p", $"{i}", new string('x', 20), null);

        Assert.True(cache.TryGet("p", "0", out _));
        Assert.False(cache.TryGet("p", "1", out _));
        Assert.True(cache.TryGet("p", "7", out _));
        Assert.InRange(cache.Size, 1, 1000);
        Assert.Throws<CacheException>(() => cache.Set("p", "large", new string('x', 1000), null));
        Assert.Throws<CacheException>(() =>
        {
            for (var i = 0; i < 100; i++)
                cache.Push("p", "long", ["x"]);
        });
        Assert.InRange(cache.Size, 1, 1000);
    }

    [Fact]
    public void PLG13_Cache_Size_IsThatOfWhatIsThere_WhateverWasDone()
    {
        var random = new Random(5);
        var cache = new TenantCache(_time, mostBytes: 3000);
        for (var i = 0; i < 5000; i++)
        {
            var key = $"{random.Next(6)}";
            try
            {
                switch (random.Next(7))
                {
                    case 0: cache.Set("p", key, new string('x', random.Next(200)), random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(20)) : null); break;
                    case 1: cache.Increment("p", key); break;
                    case 2: cache.Push("p", key, [new string('y', random.Next(100)), "z"]); break;
                    case 3: cache.Pop("p", key, random.Next(4)); break;
                    case 4: cache.RemoveElements("p", key, random.Next(-2, 3), "z"); break;
                    case 5: cache.Expire("p", key, TimeSpan.FromSeconds(random.Next(-1, 20))); break;
                    default: _time.Advance(TimeSpan.FromSeconds(1)); break;
                }
            }
            catch (CacheException)
            {
                // The wrong kind, or too large: nothing may have changed.
            }

            Assert.InRange(cache.Size, 0, 3000);
        }

        _time.Advance(TimeSpan.FromSeconds(30));
        for (var key = 0; key < 6; key++)
            cache.Expire("p", $"{key}", TimeSpan.Zero);
        Assert.Equal(0, cache.Size);
    }

    [Fact]
    public void PLG13_Cache_AfterARestart_IsAsItWas_ButOnlyOnce()
    {
        var file = new CacheFile(_folder.File("cache.db"));
        var before = new TenantCache(_time);
        before.Set("p", "text", "v", TimeSpan.FromSeconds(20));
        before.Set("p", "gone", "v", TimeSpan.FromSeconds(5));
        before.Set("p", "nothing", null, null);
        before.Push("q", "list", ["a", "b"]);
        _time.Advance(TimeSpan.FromSeconds(10));
        file.Keep(7, before.Entries());

        var after = new TenantCache(_time);
        after.Fill(new CacheFile(_folder.File("cache.db")).Take(7));

        Assert.Equal(before.Entries().Select(entry => entry.Key), after.Entries().Select(entry => entry.Key));
        Assert.True(after.TryGet("p", "nothing", out var nothing));
        Assert.Null(nothing);
        Assert.Equal(["b", "a"], after.Range("q", "list", 0, -1));
        Assert.True(after.TryGet("p", "text", out _));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(after.TryGet("p", "text", out _));
        Assert.Empty(file.Take(7));
        Assert.Empty(file.Take(8));
    }

    public void Dispose() => _folder.Dispose();
}
