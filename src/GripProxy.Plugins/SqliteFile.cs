using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins;

/// <summary>
/// One connection to a file of SQLite. The texts of statements are the callers' own; values go in as their parameters <c>$0</c>, <c>$1</c> …. One thread at a
/// time. Owned by whoever opens it.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private SqliteFile(SqliteConnection connection) => Connection = connection;

    /// <summary>The connection, for statements that are prepared.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="tables">Statements that make what is not there yet.</param>
    /// <param name="fullSync">True: what is written survives a loss of power; false: the last of it may be lost, and writing is much faster.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteFile Open(string path, ReadOnlySpan<string> tables, bool fullSync = false)
    {
        SQLitePCL.Batteries_V2.Init();
        var file = new SqliteFile(new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()));
        try
        {
            file.Connection.Open();
            file.Run("PRAGMA journal_mode = WAL");
            file.Run(fullSync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            foreach (var table in tables)
                file.Run(table);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Begins what happens as a whole or not at all.</summary>
    public SqliteTransaction Begin() => Connection.BeginTransaction();

    /// <summary>Does something.</summary>
    public void Run(string text, params ReadOnlySpan<object?> values)
    {
        using var command = Command(text, values);
        command.ExecuteNonQuery();
    }

    /// <summary>The one value of a statement, or null.</summary>
    public object? Scalar(string text, params ReadOnlySpan<object?> values)
    {
        using var command = Command(text, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>The rows of a statement.</summary>
    public List<T> Query<T>(Func<SqliteDataReader, T> read, string text, params ReadOnlySpan<object?> values)
    {
        using var command = Command(text, values);
        using var rows = command.ExecuteReader();
        List<T> found = [];
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => Connection.Dispose();

    private SqliteCommand Command(string text, ReadOnlySpan<object?> values)
    {
        var command = Connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i}", values[i] ?? DBNull.Value);
        return command;
    }
}
