using GripProxy.Proxy.Listeners.HandOver;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

public sealed class LayerPoolTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Rent_GivesTheLastThatCame_AndNothingWhenAllAreOut()
    {
        using var pool = new LayerPool(TimeSpan.FromSeconds(60), _time);
        var first = Add(pool);
        var second = Add(pool);

        Assert.Same(second, pool.Rent());
        Assert.Same(first, pool.Rent());
        Assert.Null(pool.Rent());
    }

    [Fact]
    public void Layers_ThatRestTooLong_AreEnded_OthersStay()
    {
        using var pool = new LayerPool(TimeSpan.FromSeconds(60), _time);
        Add(pool);
        _time.Advance(TimeSpan.FromSeconds(3));
        var young = Add(pool);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, pool.Count);
        Assert.Same(young, pool.Rent());
        Add(pool);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void Layers_AreNotKeptUntilHttpWouldEndByItself()
    {
        using var pool = new LayerPool(TimeSpan.FromSeconds(2), _time);
        Add(pool);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(pool.Rent());
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void TryAdd_MoreThanItKeeps_OrAfterItsEnd_IsRefused()
    {
        var pool = new LayerPool(TimeSpan.FromSeconds(60), _time);
        for (var i = 0; i < 512; i++)
            Add(pool);

        Assert.False(pool.TryAdd(new HttpLayer(pool)));
        pool.Dispose();
        Assert.Equal(0, pool.Count);
        Assert.False(pool.TryAdd(new HttpLayer(pool)));
        Assert.Null(pool.Rent());
    }

    private static HttpLayer Add(LayerPool pool)
    {
        var layer = new HttpLayer(pool);
        Assert.True(pool.TryAdd(layer));
        return layer;
    }
}
