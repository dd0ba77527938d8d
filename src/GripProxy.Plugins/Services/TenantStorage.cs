using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Services;

/// <summary><c>storage</c> and <c>utils.cursor</c> of a tenant's plugins (plugins-api.md §3.3, plugins.md §10). Thread-safe.</summary>
internal sealed class TenantStorage(int tenant, StorageDatabase database)
{
    private const int KeyBytes = 512;
    private const int ValueBytes = 1024 * 1024;
    private const long TenantBytes = 100L * 1024 * 1024;

    private long? _size;

    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["storage.get"] = (install, arguments) => ValueTask.FromResult(Get(install.Name, Key(arguments))),
        ["storage.set"] = (install, arguments) => ValueTask.FromResult(Set(install.Name, Key(arguments), Value(arguments))),
        ["storage.increment"] = (install, arguments) => ValueTask.FromResult(Increment(install.Name, Key(arguments), arguments.GetProperty("by").GetDouble())),
        ["storage.init"] = (install, arguments) => ValueTask.FromResult(Initialize(install.Name, Key(arguments), arguments.GetProperty("value").GetDouble())),
    };

    private static string Key(JsonElement arguments) => CellJson.Text(arguments, "key");

    private static byte[]? Value(JsonElement arguments) =>
        CellJson.Find(arguments, "value") is { } value ? JsonSerializer.SerializeToUtf8Bytes(value, PluginJson.Default.JsonElement) : null;

    /// <summary>A value; nothing where there is none.</summary>
    private HostAnswer Get(string install, string key) => Do(store => new HostAnswer(store.Get(tenant, install, key)));

    /// <summary>Stores a value as JSON; null removes it.</summary>
    public HostAnswer Set(string install, string key, byte[]? value) => Do(store => Put(store, install, key, value) ?? HostAnswer.Nothing);

    /// <summary>Stores a number where nothing is yet.</summary>
    private HostAnswer Initialize(string install, string key, double value) => Do(store =>
        store.Get(tenant, install, key) is null ? Put(store, install, key, JsonSerializer.SerializeToUtf8Bytes(value, PluginJson.Default.Double)) ?? HostAnswer.Nothing : HostAnswer.Nothing);

    /// <summary>Adds to a number, from 0.</summary>
    /// <returns>The new number.</returns>
    private HostAnswer Increment(string install, string key, double by) => Do(store =>
    {
        double number = 0;
        if (store.Get(tenant, install, key) is { } stored)
        {
            using var document = JsonDocument.Parse(stored);
            if (document.RootElement.ValueKind != JsonValueKind.Number || !document.RootElement.TryGetDouble(out number))
                return HostAnswer.Failed("TypeError", $"the value of '{key}' is no number");
        }

        var next = JsonSerializer.SerializeToUtf8Bytes(number + by, PluginJson.Default.Double);
        return Put(store, install, key, next) ?? new HostAnswer(next);
    });

    private HostAnswer? Put(StorageDatabase store, string install, string key, byte[]? value)
    {
        var keySize = Encoding.UTF8.GetByteCount(key);
        if (keySize > KeyBytes)
            return HostAnswer.Failed("RangeError", $"a key of storage may have {KeyBytes} bytes");
        if (value?.Length > ValueBytes)
            return HostAnswer.Failed("RangeError", $"a value of storage may have {ValueBytes} bytes");
        _size ??= store.Size(tenant);
        var old = store.Get(tenant, install, key) is { } before ? before.Length + keySize : 0;
        var size = _size.Value - old + (value is null ? 0 : value.Length + keySize);
        if (size > TenantBytes && size > _size)
            return HostAnswer.Failed("RangeError", $"the storage of a tenant may have {TenantBytes >> 20} MiB");
        store.Set(tenant, install, key, value);
        _size = size;
        return null;
    }

    private HostAnswer Do(Func<StorageDatabase, HostAnswer> work)
    {
        try
        {
            return database.Do(work);
        }
        catch (SqliteException e)
        {
            return HostAnswer.Failed("Error", $"the storage cannot be used: {e.Message}");
        }
    }
}
