using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Services.Cache;

/// <summary>The calls of <c>cache</c> (plugins-api.md §3.2). Each begins before it returns, so that they go in the order in which the plugin made them.</summary>
internal sealed class CacheOperations
{
    private readonly ITenantCache _cache;

    /// <summary>Offers a cache.</summary>
    public CacheOperations(ITenantCache cache)
    {
        _cache = cache;
        Operations = new Dictionary<string, HostOperation>(StringComparer.Ordinal)
        {
            ["cache.set"] = (install, arguments) => Do(async () =>
            {
                await _cache.SetAsync(install.Name, Key(arguments), arguments.GetProperty("value").GetString(), Lifetime(arguments));
                return HostAnswer.Nothing;
            }),
            ["cache.get"] = (install, arguments) => Do(async () => Text(await _cache.GetAsync(install.Name, Key(arguments)))),
            ["cache.incr"] = (install, arguments) => Do(async () => Number(await _cache.IncrementAsync(install.Name, Key(arguments)))),
            ["cache.expire"] = (install, arguments) =>
                Do(async () => Truth(await _cache.ExpireAsync(install.Name, Key(arguments), Lifetime(arguments) ?? TimeSpan.Zero))),
            ["cache.lpush"] = (install, arguments) =>
                Do(async () => Number(await _cache.PushAsync(install.Name, Key(arguments), CellJson.Texts(arguments, "values")))),
            ["cache.lpop"] = (install, arguments) => Do(async () => List(await _cache.PopAsync(install.Name, Key(arguments), Whole(arguments, "count")))),
            ["cache.lrange"] = (install, arguments) =>
                Do(async () => List(await _cache.RangeAsync(install.Name, Key(arguments), Whole(arguments, "start"), Whole(arguments, "end")))),
            ["cache.llen"] = (install, arguments) => Do(async () => Number(await _cache.LengthAsync(install.Name, Key(arguments)))),
            ["cache.lrem"] = (install, arguments) => Do(async () =>
                Number(await _cache.RemoveElementsAsync(install.Name, Key(arguments), Whole(arguments, "count"), CellJson.Text(arguments, "value")))),
        };
    }

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations { get; }

    private static async ValueTask<HostAnswer> Do(Func<Task<HostAnswer>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is CacheException or StateUnavailableException)
        {
            return HostAnswer.Failed("Error", e.Message);
        }
    }

    // Nothing: there is none. Null becomes null.
    private static HostAnswer Text(CachedText? found) =>
        found is null ? HostAnswer.Nothing : new HostAnswer(JsonSerializer.SerializeToUtf8Bytes(found.Text!, PluginJson.Default.String));

    private static string Key(JsonElement arguments) => CellJson.Text(arguments, "key");

    private static TimeSpan? Lifetime(JsonElement arguments) =>
        CellJson.Find(arguments, "ttl") is { } ttl ? TimeSpan.FromSeconds(Math.Clamp(ttl.GetDouble(), -1, 1e9)) : null;

    // Places and counts beyond these are as good as these.
    private static int Whole(JsonElement arguments, string name) => (int)Math.Clamp(arguments.GetProperty(name).GetDouble(), -1e9, 1e9);

    private static HostAnswer Number(long number) => new(JsonSerializer.SerializeToUtf8Bytes(number, PluginJson.Default.Int64));

    private static HostAnswer Truth(bool truth) => new(JsonSerializer.SerializeToUtf8Bytes(truth, PluginJson.Default.Boolean));

    private static HostAnswer List(IReadOnlyList<string> texts) => new(JsonSerializer.SerializeToUtf8Bytes([.. texts], PluginJson.Default.StringArray));
}
