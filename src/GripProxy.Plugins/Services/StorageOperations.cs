using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Services;

/// <summary>The calls of <c>storage</c> and <c>utils.cursor</c> (plugins-api.md §3.3). Immutable.</summary>
internal sealed class StorageOperations(ITenantStorage storage)
{
    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["storage.get"] = (install, arguments) => Do(storage.GetAsync(install.Name, Key(arguments)), static value => new HostAnswer(value)),
        ["storage.set"] = (install, arguments) => Do(storage.SetAsync(install.Name, Key(arguments), Value(arguments)), Done),
        ["storage.increment"] = (install, arguments) =>
            Do(storage.IncrementAsync(install.Name, Key(arguments), arguments.GetProperty("by").GetDouble()), static answer => answer),
        ["storage.init"] = (install, arguments) => Do(
            storage.InitializeAsync(install.Name, Key(arguments), JsonSerializer.SerializeToUtf8Bytes(arguments.GetProperty("value").GetDouble(), PluginJson.Default.Double)), Done),
    };

    private static string Key(JsonElement arguments) => CellJson.Text(arguments, "key");

    private static byte[]? Value(JsonElement arguments) =>
        CellJson.Find(arguments, "value") is { } value ? JsonSerializer.SerializeToUtf8Bytes(value, PluginJson.Default.JsonElement) : null;

    private static HostAnswer Done(PluginError? refused) => new(default, refused);

    private static async ValueTask<HostAnswer> Do<T>(Task<T> work, Func<T, HostAnswer> answer)
    {
        try
        {
            return answer(await work);
        }
        catch (StateUnavailableException e)
        {
            return HostAnswer.Failed("Error", e.Message);
        }
    }
}
