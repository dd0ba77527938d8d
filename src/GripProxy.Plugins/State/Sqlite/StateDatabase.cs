using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.State.Sqlite;

/// <summary>The file of the state store. Guarded by the store's lock.</summary>
internal sealed class StateDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    private StateDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static StateDatabase Open(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var database = new StateDatabase(connection);
            database.Run("PRAGMA journal_mode = WAL");
            // Changes are few, and each is somebody's decision: it survives a loss of power.
            database.Run("PRAGMA synchronous = FULL");
            database.Run("CREATE TABLE IF NOT EXISTS fields (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, json BLOB NOT NULL) WITHOUT ROWID");
            database.Run("CREATE TABLE IF NOT EXISTS revision (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL)");
            database.Run("CREATE TABLE IF NOT EXISTS packages (hash TEXT PRIMARY KEY, files BLOB NOT NULL, code BLOB, imports BLOB, compiler TEXT)");
            database.Run("CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, contents BLOB NOT NULL)");
            database.Run(
                "CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL,"
                + " object TEXT NOT NULL, before BLOB, after BLOB)");
            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Begins what happens as a whole or not at all.</summary>
    public SqliteTransaction Begin() => _connection.BeginTransaction();

    /// <summary>Does something.</summary>
    public void Run(string text, params ReadOnlySpan<object?> values)
    {
        using var command = Command(text, values);
        command.ExecuteNonQuery();
    }

    /// <summary>Asks for rows.</summary>
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
    public void Dispose() => _connection.Dispose();

    // The texts are those of the store; values go in as parameters.
    private SqliteCommand Command(string text, ReadOnlySpan<object?> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i}", values[i] ?? DBNull.Value);
        return command;
    }
}
