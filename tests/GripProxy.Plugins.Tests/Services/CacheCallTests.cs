using GripProxy.Plugins.Tests.Pipeline;

namespace GripProxy.Plugins.Tests.Services;

/// <summary><c>cache</c> as plugins call it, in a real cell (plugins-api.md §3.2).</summary>
public sealed class CacheCallTests
{
    [Fact]
    public async Task PLG13_Cache_CallsThatNobodyWaitsFor_AreDoneInTheirOrder()
    {
        Assert.Equal("[[7,8],9,{\"a\":1}]", await ServiceCalls.ValueAsync("""
            for (let i = 0; i < 500; i++) cache.set('n', i)
            cache.set('n', 7)
            const first = await cache.get('n')
            cache.incr('n')
            const second = await cache.get('n')
            cache.set('o', { a: 1 })
            return [[first, second], await cache.incr('n'), await cache.get('o')]
            """));
    }

    [Fact]
    public async Task PLG13_Cache_Values_AreWhatTheApiSays()
    {
        Assert.Equal("""[null,"d",null,null,null,"5",5,"text","{\"a\":1}",{"a":1},true,false,null,null]""", await ServiceCalls.ValueAsync("""
            await cache.set('null', null); await cache.set('undefined', undefined)
            await cache.set('raw', '5', undefined, { jsonSerialize: false })
            await cache.set('text', 'text'); await cache.set('o', { a: 1 })
            await cache.set('gone', 1); await cache.set('gone', 1, 0)
            await cache.set('gone2', 1); await cache.set('gone2', 2, -5)
            return [await cache.get('none'), await cache.get('none', 'd'), await cache.get('none', undefined), await cache.get('null', 'd'), await cache.get('undefined', 'd'),
              await cache.get('raw', null, { jsonSerialize: false }), await cache.get('raw'), await cache.get('text'), await cache.get('o', null, { jsonSerialize: false }), await cache.get('o'),
              await cache.expire('o', 60), await cache.expire('none', 60), await cache.get('gone'), await cache.get('gone2')]
            """));
    }

    [Fact]
    public async Task PLG13_Cache_Lists_AreWhatTheApiSays()
    {
        Assert.Equal("""[1,4,["3","x","b","a"],["b","a"],4,1,["3","x"],[],0]""", await ServiceCalls.ValueAsync("""
            return [await cache.lpush('l', 'a'), await cache.lpush('l', ['b', 'x', 3]), await cache.lrange('l', 0, -1), await cache.lrange('l', 2, 99), await cache.llen('l'),
              await cache.lrem('l', 0, 'a'), await cache.lpop('l', 2), await cache.lrange('none', 0, 5), await cache.llen('none')]
            """));
    }

    [Theory]
    [InlineData("cache.lpush('l', 5)", "Error: cache.lpush expects a string value or an array of strings")]
    [InlineData("cache.lpush('l', { length: 1 })", "Error: cache.lpush expects a string value or an array of strings")]
    [InlineData("cache.lpush('l', new Array(1001).fill('x'))", "IllegalOperationError: cache.lpush takes 1000 elements at most")]
    [InlineData("cache.lrange('l', '0', 1)", "TypeError: cache.lrange expects a number")]
    [InlineData("cache.lrange('l', 0, NaN)", "TypeError: cache.lrange expects a number")]
    [InlineData("cache.lpop('l')", "TypeError: cache.lpop expects a number")]
    [InlineData("cache.lrem('l', {}, 'x')", "TypeError: cache.lrem expects a number")]
    [InlineData("cache.expire('l', 'x')", "TypeError: cache.expire expects a number")]
    [InlineData("cache.set('l', 1, 'x')", "TypeError: cache.set expects a number")]
    [InlineData("cache.set('t', 'x').then(() => cache.incr('t'))", "Error: the value of 't' is not an integer or out of range")]
    [InlineData("cache.set('t', 'x').then(() => cache.llen('t'))", "Error: 't' holds the wrong kind of value")]
    [InlineData("cache.set('t', { toJSON() { throw new RangeError('mine') } })", "RangeError: mine")]
    [InlineData("cache.set('t', 1n)", "TypeError: Do not know how to serialize a BigInt")]
    [InlineData("cache.get(Symbol('x'))", "TypeError: Cannot convert a Symbol value to a string")]
    public async Task PLG13_Cache_CallsThatCannotBeDone_Reject(string call, string error)
    {
        Assert.Equal($"\"{error}\"", await ServiceCalls.ValueAsync($$"""
            return await {{call}}.then(() => 'done', (error) => `${error.name}: ${error.message}`)
            """));
    }

    [Fact]
    public async Task PLG13_Cache_Numbers_BeyondAll_DoNoHarm()
    {
        Assert.Equal("""[["a"],[],["a"],0,true,"�"]""", await ServiceCalls.ValueAsync("""
            await cache.lpush('l', 'a')
            await cache.set('\ud800', '\ud800', Infinity, { jsonSerialize: false })
            return [await cache.lrange('l', -Infinity, Infinity), await cache.lpop('l', -1e300), await cache.lrange('l', 0.5, 1e308), await cache.lrem('l', -1e300, '\udfff'), await cache.expire('l', 1e300),
              await cache.get('\ud801', null, { jsonSerialize: false })]
            """));
    }
}
