using System.Text.Json;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Services.Cache;

/// <summary>The calls of <c>cache</c> (plugins-api.md §3.2). Each is done before it returns, so that they go in the order in which the plugin made them.</summary>
internal sealed class CacheOperations
{
    private readonly TenantCache _cache;

    /// <summary>Offers a cache.</summary>
    public CacheOperations(TenantCache cache)
    {
        _cache = cache;
        Operations = new Dictionary<string, HostOperation>(StringComparer.Ordinal)
        {
            ["cache.set"] = (install, arguments) => Do(() => Set(install.Name, arguments)),
            ["cache.get"] = (install, arguments) => Do(() => Get(install.Name, arguments)),
            ["cache.incr"] = (install, arguments) => Do(() => Number(_cache.Increment(install.Name, Key(arguments)))),
            ["cache.expire"] = (install, arguments) => Do(() => Truth(_cache.Expire(install.Name, Key(arguments), Lifetime(arguments) ?? TimeSpan.Zero))),
            ["cache.lpush"] = (install, arguments) => Do(() => Number(_cache.Push(install.Name, Key(arguments), CellJson.Texts(arguments, "values")))),
            ["cache.lpop"] = (install, arguments) => Do(() => List(_cache.Pop(install.Name, Key(arguments), Whole(arguments, "count")))),
            ["cache.lrange"] = (install, arguments) => Do(() => List(_cache.Range(install.Name, Key(arguments), Whole(arguments, "start"), Whole(arguments, "end")))),
            ["cache.llen"] = (install, arguments) => Do(() => Number(_cache.Length(install.Name, Key(arguments)))),
            ["cache.lrem"] = (install, arguments) =>
                Do(() => Number(_cache.RemoveElements(install.Name, Key(arguments), Whole(arguments, "count"), CellJson.Text(arguments, "value")))),
        };
    }

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations { get; }

    private static ValueTask<HostAnswer> Do(Func<HostAnswer> work)
    {
        try
        {
            return ValueTask.FromResult(work());
        }
        catch (CacheException e)
        {
            return ValueTask.FromResult(HostAnswer.Failed("Error", e.Message));
        }
    }

    private HostAnswer Set(string install, JsonElement arguments)
    {
        var value = arguments.GetProperty("value");
        _cache.Set(install, Key(arguments), value.GetString(), Lifetime(arguments));
        return HostAnswer.Nothing;
    }

    // Nothing: there is none.
    private HostAnswer Get(string install, JsonElement arguments) => _cache.TryGet(install, Key(arguments), out var text)
        ? new HostAnswer(JsonSerializer.SerializeToUtf8Bytes(text!, PluginJson.Default.String)) // Null becomes null.
        : HostAnswer.Nothing;

    private static string Key(JsonElement arguments) => CellJson.Text(arguments, "key");

    private static TimeSpan? Lifetime(JsonElement arguments) =>
        CellJson.Find(arguments, "ttl") is { } ttl ? TimeSpan.FromSeconds(Math.Clamp(ttl.GetDouble(), -1, 1e9)) : null;

    // Places and counts beyond these are as good as these.
    private static int Whole(JsonElement arguments, string name) => (int)Math.Clamp(arguments.GetProperty(name).GetDouble(), -1e9, 1e9);

    private static HostAnswer Number(long number) => new(JsonSerializer.SerializeToUtf8Bytes(number, PluginJson.Default.Int64));

    private static HostAnswer Truth(bool truth) => new(JsonSerializer.SerializeToUtf8Bytes(truth, PluginJson.Default.Boolean));

    private static HostAnswer List(IReadOnlyList<string> texts) => new(JsonSerializer.SerializeToUtf8Bytes([.. texts], PluginJson.Default.StringArray));
}
