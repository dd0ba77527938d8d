using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Services.Cache;

/// <summary>
/// Where caches lie between an orderly end and the next start (plugins.md §10). What is taken is gone from here: after a crash a cache is empty, not old.
/// </summary>
internal sealed class CacheFile
{
    private readonly string _path;

    /// <summary>Makes the file if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public CacheFile(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _path = path;
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "CREATE TABLE IF NOT EXISTS cache (place INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, install TEXT NOT NULL, key TEXT NOT NULL, value TEXT, list TEXT, expires INTEGER)";
        command.ExecuteNonQuery();
    }

    /// <summary>Keeps entries.</summary>
    /// <exception cref="SqliteException">They cannot be written.</exception>
    public void Keep(int tenant, IReadOnlyList<CacheEntry> entries)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO cache (tenant, install, key, value, list, expires) VALUES ($tenant, $install, $key, $value, $list, $expires)";
        foreach (var entry in entries)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$tenant", tenant);
            command.Parameters.AddWithValue("$install", entry.Install);
            command.Parameters.AddWithValue("$key", entry.Key);
            command.Parameters.AddWithValue("$value", (object?)entry.Text ?? DBNull.Value);
            command.Parameters.AddWithValue("$list", entry.List is { } list ? JsonSerializer.Serialize([.. list], PluginJson.Default.StringArray) : DBNull.Value);
            command.Parameters.AddWithValue("$expires", entry.Expires is { } expires ? expires.ToUnixTimeMilliseconds() : DBNull.Value);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Takes the entries of a tenant out, in the order in which they were kept.</summary>
    /// <exception cref="SqliteException">They cannot be read.</exception>
    public IReadOnlyList<CacheEntry> Take(int tenant)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("$tenant", tenant);
        List<CacheEntry> entries = [];
        command.CommandText = "SELECT install, key, value, list, expires FROM cache WHERE tenant = $tenant ORDER BY place";
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
                entries.Add(Read(rows));
        }

        command.CommandText = "DELETE FROM cache WHERE tenant = $tenant";
        command.ExecuteNonQuery();
        return entries;
    }

    private static CacheEntry Read(SqliteDataReader row) => new(row.GetString(0), row.GetString(1))
    {
        Text = row.IsDBNull(2) ? null : row.GetString(2),
        List = row.IsDBNull(3) ? null : [.. JsonSerializer.Deserialize(row.GetString(3), PluginJson.Default.StringArray) ?? []],
        Expires = row.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
    };

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
