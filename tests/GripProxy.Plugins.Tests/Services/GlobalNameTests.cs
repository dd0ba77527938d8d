using GripProxy.Plugins.Tests.Pipeline;

namespace GripProxy.Plugins.Tests.Services;

/// <summary>Names that plugins find without asking (plugins-api.md §3.11).</summary>
public sealed class GlobalNameTests
{
    [Fact]
    public async Task Globals_OfTheApi_AreThere_AndNoOthers() => Assert.Equal(
        """["","function","function","number","undefined,undefined,undefined,undefined,undefined,undefined"]""",
        await ServiceCalls.ValueAsync("""
            const names = ['RetryError', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'Buffer', 'atob', 'btoa', 'structuredClone', 'AbortController', 'AbortSignal', 'Headers', 'Request',
              'Response', 'FormData', 'Blob', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'queueMicrotask', 'crypto', 'performance', 'Intl', 'global', 'fetch', 'console', 'process']
            const missing = names.filter((name) => globalThis[name] === undefined)
            return [missing.join(), typeof crypto.subtle.digest, typeof process.nextTick, typeof performance.now(),
              [typeof localStorage, typeof caches, typeof google, typeof snowflake, typeof Deno, typeof process.exit].join()]
            """));

    [Fact]
    public async Task Globals_Behave_AsTheApiSays() => Assert.Equal(
        """["UTC","1/2/2026, 12:00:00 AM","YQ==","a",{"a":[1]},true,"x=1","{}","RetryError (attempt 2/10): later",true,"number","1.234.567,5"]""",
        await ServiceCalls.ValueAsync("""
            const retry = Object.assign(new RetryError('later'), { _attempt: 2, _maxAttempts: 10 })
            let order = ''
            await new Promise((resolve) => { setImmediate(() => { order += 'i'; resolve() }); queueMicrotask(() => order += 'm'); process.nextTick(() => order += 't') })
            return [Intl.DateTimeFormat().resolvedOptions().timeZone, new Date('2026-01-02T00:00:00Z').toLocaleString('en-US', { timeZone: 'UTC' }).replace('\u202f', ' '), btoa('a'), atob('YQ=='),
              structuredClone({ a: [1] }), globalThis.global === globalThis, `${new URLSearchParams({ x: 1 })}`, JSON.stringify(process.env), retry.toString(), order.endsWith('i') && order.length === 3,
              typeof process.hrtime()[0], new Intl.NumberFormat('de-DE').format(1234567.5)]
            """));

    [Fact]
    public async Task Timers_OfOnePlugin_AreAThousandAtMost() => Assert.Equal(
        "\"RangeError: a plugin may have 1000 timers at most\"",
        await ServiceCalls.ValueAsync("""
            const started = []
            try {
              for (let i = 0; i < 1001; i++) started.push(setTimeout(() => {}, 20000))
            } catch (error) {
              return `${error.name}: ${error.message}`
            } finally {
              started.forEach(clearTimeout)
            }
            """));

    [Fact]
    public async Task CreateBuffer_OfContrib_FlushesAtItsLimitAndByItself() => Assert.Equal(
        """[[1,2],[3]]""",
        await ServiceCalls.ValueAsync("""
            const { createBuffer } = await import('@posthog/plugin-contrib')
            const flushed = []
            const buffer = createBuffer({ limit: 2, timeoutSeconds: 10, onFlush: (objects) => { flushed.push(objects) } })
            await buffer.add(1); await buffer.add(2); buffer.add(3); await buffer.flush()
            return flushed
            """));
}
