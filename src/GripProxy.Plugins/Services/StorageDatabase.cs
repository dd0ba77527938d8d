using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Services;

/// <summary>What plugins keep for good: values by tenant, install and key, in a file (plugins.md §10). Thread-safe. Owned by the shared services.</summary>
internal sealed class StorageDatabase : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteFile _file;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public StorageDatabase(string path) => _file = SqliteFile.Open(
        path, ["CREATE TABLE IF NOT EXISTS storage (tenant INTEGER NOT NULL, install TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (tenant, install, key)) WITHOUT ROWID"]);

    /// <summary>Does something with the values of a tenant while nobody else does.</summary>
    public T Do<T>(Func<StorageDatabase, T> work)
    {
        lock (_gate)
            return work(this);
    }

    /// <summary>Bytes of a tenant's values and keys. Inside <see cref="Do"/>.</summary>
    public long Size(int tenant) =>
        (long)_file.Scalar("SELECT COALESCE(SUM(LENGTH(value) + LENGTH(CAST(key AS BLOB))), 0) FROM storage WHERE tenant = $0", tenant)!; // A sum of numbers.

    /// <summary>A value, or null. Inside <see cref="Do"/>.</summary>
    public byte[]? Get(int tenant, string install, string key) =>
        (byte[]?)_file.Scalar("SELECT value FROM storage WHERE tenant = $0 AND install = $1 AND key = $2", tenant, install, key);

    /// <summary>Keys of an install and the sizes of their values, in the order of their bytes. Inside <see cref="Do"/>.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="install">Name of the install.</param>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="after">Only keys after this one.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<StoredKey> Keys(int tenant, string install, string prefix, string after, int limit) => _file.Query(
        static row => new StoredKey(row.GetString(0), row.GetInt64(1)),
        "SELECT key, LENGTH(value) FROM storage WHERE tenant = $0 AND install = $1 AND substr(key, 1, length($2)) = $2 AND key > $3 ORDER BY key LIMIT $4",
        tenant, install, prefix, after, limit);

    /// <summary>Stores a value; null removes it. Inside <see cref="Do"/>.</summary>
    public void Set(int tenant, string install, string key, byte[]? value)
    {
        if (value is null)
            _file.Run("DELETE FROM storage WHERE tenant = $0 AND install = $1 AND key = $2", tenant, install, key);
        else
            _file.Run("INSERT INTO storage (tenant, install, key, value) VALUES ($0, $1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value", tenant, install, key, value);
    }

    /// <summary>Removes all values of an install; null: of the tenant. Inside <see cref="Do"/>.</summary>
    public void Clear(int tenant, string? install)
    {
        if (install is null)
            _file.Run("DELETE FROM storage WHERE tenant = $0", tenant);
        else
            _file.Run("DELETE FROM storage WHERE tenant = $0 AND install = $1", tenant, install);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _file.Dispose();
    }
}
