using System.Globalization;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Metrics;

/// <summary>The daily numbers of all plugins in a file (plugins.md §11.2). Thread-safe. Owned by the keeper of metrics.</summary>
internal sealed class MetricsFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteFile _file;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public MetricsFile(string path) => _file = SqliteFile.Open(
        path,
        [
            "CREATE TABLE IF NOT EXISTS days (tenant INTEGER NOT NULL, install TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL, value REAL NOT NULL,"
            + " PRIMARY KEY (tenant, install, name, kind, day)) WITHOUT ROWID",
        ]);

    /// <summary>All that is kept of a tenant.</summary>
    /// <exception cref="SqliteException">It cannot be read.</exception>
    public IReadOnlyList<DailyValue> Read(int tenant)
    {
        lock (_gate)
        {
            return _file.Query(
                static row => new DailyValue(
                    row.GetString(0), row.GetString(1), row.GetString(2), DateOnly.ParseExact(row.GetString(3), "o", CultureInfo.InvariantCulture), row.GetDouble(4)),
                "SELECT install, name, kind, day, value FROM days WHERE tenant = $0", tenant);
        }
    }

    /// <summary>Keeps values, and no longer those of days that do not count any more.</summary>
    /// <param name="values">The values by number of the tenant.</param>
    /// <param name="first">The first day that counts.</param>
    /// <exception cref="SqliteException">They cannot be written; nothing is.</exception>
    public void Write(IEnumerable<(int Tenant, DailyValue Value)> values, DateOnly first)
    {
        lock (_gate)
        {
            using var transaction = _file.Begin();
            foreach (var (tenant, value) in values)
            {
                _file.Run(
                    "INSERT INTO days (tenant, install, name, kind, day, value) VALUES ($0, $1, $2, $3, $4, $5) ON CONFLICT DO UPDATE SET value = excluded.value",
                    tenant, value.Install, value.Name, value.Kind, Text(value.Day), value.Value);
            }

            _file.Run("DELETE FROM days WHERE day < $0", Text(first));
            transaction.Commit();
        }
    }

    /// <summary>Keeps nothing more of an install; null: of the tenant.</summary>
    /// <exception cref="SqliteException">It cannot be removed.</exception>
    public void Remove(int tenant, string? install)
    {
        lock (_gate)
        {
            if (install is null)
                _file.Run("DELETE FROM days WHERE tenant = $0", tenant);
            else
                _file.Run("DELETE FROM days WHERE tenant = $0 AND install = $1", tenant, install);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _file.Dispose();
    }

    private static string Text(DateOnly day) => day.ToString("o", CultureInfo.InvariantCulture);
}
