using System.Globalization;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Values;

/// <summary>
/// The cache of a tenant's plugins on all nodes (plugins.md §10): a key of Redis for each of theirs. All of a tenant's take so many bytes of Redis; then the ones go that
/// were not used for longest, as Redis sees it: reading is only its own command. Thread-safe; what is called first is sent first.
/// </summary>
internal sealed class RedisCache(RedisClient client, RedisScript script, string prefix, long mostBytes = 64L * 1024 * 1024) : ITenantCache
{
    // What a plugin's null is: a text in Redis cannot be none.
    private const string Null = "\0null";

    private string Known => $"{prefix}:ci";

    /// <inheritdoc/>
    public async ValueTask SetAsync(string install, string key, string? text, TimeSpan? lifetime)
    {
        if (lifetime <= TimeSpan.Zero)
            await ChangeAsync("DEL", install, key);
        else if (lifetime is { } time)
            await ChangeAsync("SET", install, key, text ?? Null, "PX", Milliseconds(time).ToString(CultureInfo.InvariantCulture));
        else
            await ChangeAsync("SET", install, key, text ?? Null);
    }

    /// <inheritdoc/>
    public async ValueTask<CachedText?> GetAsync(string install, string key)
    {
        var found = await RunAsync("GET", install, key, new ScriptArguments());
        return found.IsNothing ? null : new CachedText(found.Text == Null ? null : found.Text);
    }

    /// <inheritdoc/>
    public async ValueTask<long> IncrementAsync(string install, string key) => (await ChangeAsync("INCR", install, key)).Number;

    /// <inheritdoc/>
    public async ValueTask<bool> ExpireAsync(string install, string key, TimeSpan lifetime) =>
        (await RunAsync("PEXPIRE", install, key, new ScriptArguments().Add(Milliseconds(lifetime)))).Number == 1;

    /// <inheritdoc/>
    public async ValueTask<long> PushAsync(string install, string key, IReadOnlyList<string> texts) =>
        texts.Count == 0 ? await LengthAsync(install, key) : (await ChangeAsync("LPUSH", install, key, [.. texts])).Number;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> PopAsync(string install, string key, int count) =>
        count <= 0 ? [] : Texts(await ChangeAsync("LPOP", install, key, count.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> RangeAsync(string install, string key, int start, int end) =>
        Texts(await RunAsync("LRANGE", install, key, new ScriptArguments().Add(start).Add(end)));

    /// <inheritdoc/>
    public async ValueTask<long> LengthAsync(string install, string key) => (await RunAsync("LLEN", install, key, new ScriptArguments())).Number;

    /// <inheritdoc/>
    public async ValueTask<long> RemoveElementsAsync(string install, string key, int count, string text) =>
        (await ChangeAsync("LREM", install, key, count.ToString(CultureInfo.InvariantCulture), text)).Number;

    /// <inheritdoc/>
    public async ValueTask ClearAsync(string? install) =>
        await ValueClearing.ClearAsync(script, install is null ? $"{prefix}:c:" : KeyOf(install, ""), ":c:", Known);

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);

    private static IReadOnlyList<string> Texts(Reply list) => [.. Enumerable.Range(0, list.Count).Select(i => list[i].Text)];

    // Names may have colons.
    private string KeyOf(string install, string key) => $"{prefix}:c:{Uri.EscapeDataString(install)}:{key}";

    private Task<Reply> RunAsync(string command, string install, string key, ScriptArguments arguments) =>
        TryAsync(key, () => client.ExecuteAsync(command, KeyOf(install, key), arguments));

    // What it takes is known afterwards.
    private async Task<Reply> ChangeAsync(string command, string install, string key, params IReadOnlyList<string> arguments)
    {
        var all = arguments.Aggregate(new ScriptArguments().Add("cached").Add(Known).Add(mostBytes).Add(command), static (all, text) => all.Add(text));
        var reply = await TryAsync(key, () => script.RunAsync(KeyOf(install, key), all));
        return command is "SET" or "LPUSH" && reply.Count == 0 && reply.Text == "large" ? throw CacheException.TooLarge(key) : reply;
    }

    private static async Task<Reply> TryAsync(string key, Func<Task<Reply>> call)
    {
        try
        {
            return await call();
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
