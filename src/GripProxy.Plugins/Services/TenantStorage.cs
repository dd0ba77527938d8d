using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Services;

/// <summary>The storage of a tenant's plugins on a node that is alone. Each call is done before it returns.</summary>
internal sealed class TenantStorage(int tenant, StorageDatabase database) : ITenantStorage
{
    private long? _size;

    /// <inheritdoc/>
    public Task<byte[]?> GetAsync(string install, string key) => Do(store => store.Get(tenant, install, key));

    /// <inheritdoc/>
    public Task<PluginError?> SetAsync(string install, string key, byte[]? value) => Do(store => Put(store, install, key, value));

    /// <inheritdoc/>
    public Task<PluginError?> InitializeAsync(string install, string key, byte[] value) =>
        Do(store => store.Get(tenant, install, key) is null ? Put(store, install, key, value) : null);

    /// <inheritdoc/>
    public Task<HostAnswer> IncrementAsync(string install, string key, double by) => Do(store =>
    {
        if (StorageLimits.Number(key, store.Get(tenant, install, key), out var number) is { } wrong)
            return new HostAnswer(default, wrong);
        var next = JsonSerializer.SerializeToUtf8Bytes(number + by, PluginJson.Default.Double);
        return Put(store, install, key, next) is { } refused ? new HostAnswer(default, refused) : new HostAnswer(next);
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredKey>> KeysAsync(string install, string beginning, string after, int limit) =>
        Do(store => store.Keys(tenant, install, beginning, after, limit));

    /// <inheritdoc/>
    public Task ClearAsync(string? install) => Do(store =>
    {
        store.Clear(tenant, install);
        _size = null;
        return true;
    });

    private PluginError? Put(StorageDatabase store, string install, string key, byte[]? value)
    {
        if (StorageLimits.Check(key, value) is { } refused)
            return refused;
        var keySize = Encoding.UTF8.GetByteCount(key);
        _size ??= store.Size(tenant);
        var old = store.Get(tenant, install, key) is { } before ? before.Length + keySize : 0;
        var size = _size.Value - old + (value is null ? 0 : value.Length + keySize);
        if (size > StorageLimits.TenantBytes && size > _size)
            return StorageLimits.Full();
        store.Set(tenant, install, key, value);
        _size = size;
        return null;
    }

    private Task<T> Do<T>(Func<StorageDatabase, T> work)
    {
        try
        {
            return Task.FromResult(database.Do(work));
        }
        catch (SqliteException e)
        {
            return Task.FromException<T>(new StateUnavailableException($"the storage cannot be used: {e.Message}", e));
        }
    }
}
