using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Values;

/// <summary>
/// The cache of a tenant's plugins on all nodes (plugins.md §10): a key of Redis for each of theirs, so that Redis decides what goes when there is no room.
/// Thread-safe; what is called first is sent first.
/// </summary>
internal sealed class RedisCache(RedisClient client, RedisScript script, string prefix) : ITenantCache
{
    // What a plugin's null is: a text in Redis cannot be none.
    private const string Null = "\0null";

    /// <inheritdoc/>
    public async ValueTask SetAsync(string install, string key, string? text, TimeSpan? lifetime)
    {
        if (lifetime <= TimeSpan.Zero)
            await RunAsync("DEL", install, key, new ScriptArguments());
        else if (lifetime is { } time)
            await RunAsync("SET", install, key, new ScriptArguments().Add(text ?? Null).Add("PX").Add(Milliseconds(time)));
        else
            await RunAsync("SET", install, key, new ScriptArguments().Add(text ?? Null));
    }

    /// <inheritdoc/>
    public async ValueTask<CachedText?> GetAsync(string install, string key)
    {
        var found = await RunAsync("GET", install, key, new ScriptArguments());
        return found.IsNothing ? null : new CachedText(found.Text == Null ? null : found.Text);
    }

    /// <inheritdoc/>
    public async ValueTask<long> IncrementAsync(string install, string key) => (await RunAsync("INCR", install, key, new ScriptArguments())).Number;

    /// <inheritdoc/>
    public async ValueTask<bool> ExpireAsync(string install, string key, TimeSpan lifetime) =>
        (await RunAsync("PEXPIRE", install, key, new ScriptArguments().Add(Milliseconds(lifetime)))).Number == 1;

    /// <inheritdoc/>
    public async ValueTask<long> PushAsync(string install, string key, IReadOnlyList<string> texts) =>
        texts.Count == 0 ? await LengthAsync(install, key) : (await RunAsync("LPUSH", install, key, Texts(texts))).Number;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> PopAsync(string install, string key, int count) =>
        count <= 0 ? [] : Texts(await RunAsync("LPOP", install, key, new ScriptArguments().Add(count)));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> RangeAsync(string install, string key, int start, int end) =>
        Texts(await RunAsync("LRANGE", install, key, new ScriptArguments().Add(start).Add(end)));

    /// <inheritdoc/>
    public async ValueTask<long> LengthAsync(string install, string key) => (await RunAsync("LLEN", install, key, new ScriptArguments())).Number;

    /// <inheritdoc/>
    public async ValueTask<long> RemoveElementsAsync(string install, string key, int count, string text) =>
        (await RunAsync("LREM", install, key, new ScriptArguments().Add(count).Add(text))).Number;

    /// <inheritdoc/>
    public async ValueTask ClearAsync(string? install) =>
        await ValueClearing.ClearAsync(script, install is null ? $"{prefix}:c:" : KeyOf(install, ""), ":c:");

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);

    private static ScriptArguments Texts(IReadOnlyList<string> texts) => texts.Aggregate(new ScriptArguments(), static (all, text) => all.Add(text));

    private static IReadOnlyList<string> Texts(Reply list) => [.. Enumerable.Range(0, list.Count).Select(i => list[i].Text)];

    // Names may have colons.
    private string KeyOf(string install, string key) => $"{prefix}:c:{Uri.EscapeDataString(install)}:{key}";

    private async Task<Reply> RunAsync(string command, string install, string key, ScriptArguments arguments)
    {
        try
        {
            return await client.ExecuteAsync(command, KeyOf(install, key), arguments);
        }
        catch (RedisFaultException fault) when (fault.Fault == RedisFault.ForeignData)
        {
            throw CacheException.WrongType(key);
        }
        catch (RedisFaultException fault) when (fault.Message.Contains("not an integer", StringComparison.Ordinal) || fault.Message.Contains("would overflow", StringComparison.Ordinal))
        {
            throw new CacheException($"the value of '{key}' is not an integer or out of range");
        }
        catch (RedisFaultException fault)
        {
            throw new StateUnavailableException($"the cache cannot be used: Redis: {fault.Message}", fault);
        }
    }
}
