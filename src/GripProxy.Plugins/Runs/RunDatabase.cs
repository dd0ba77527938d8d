using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Runs;

/// <summary>The long runs of all tenants, in a file: what was begun is known after a crash (plugins.md §9.4). Thread-safe. Owned by the run store.</summary>
internal sealed class RunDatabase : IDisposable
{
    private const string Columns = "id, tenant, install, name, payload, state, created, started, ended, begun, crashes, progress, text, last, result, error, stack";
    private const string Listed = "id, tenant, install, name, x'', state, created, started, ended, begun, crashes, progress, text, x'', x'', error, stack";

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public RunDatabase(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = NORMAL");
        Execute(
            """
            CREATE TABLE IF NOT EXISTS runs (
                id INTEGER PRIMARY KEY AUTOINCREMENT, tenant INTEGER NOT NULL, install INTEGER NOT NULL, name TEXT NOT NULL, payload BLOB NOT NULL, state INTEGER NOT NULL,
                created INTEGER NOT NULL, started INTEGER, ended INTEGER, begun INTEGER NOT NULL, crashes INTEGER NOT NULL, progress REAL NOT NULL, text TEXT NOT NULL,
                last BLOB NOT NULL, result BLOB NOT NULL, error TEXT NOT NULL, stack TEXT NOT NULL)
            """);
        Execute("CREATE INDEX IF NOT EXISTS runs_of_tenant ON runs (tenant, state, id)");
    }

    /// <summary>Stores a run.</summary>
    /// <returns>The run with its number.</returns>
    /// <exception cref="SqliteException">It cannot be stored.</exception>
    public RunRecord Add(RunRecord run)
    {
        lock (_gate)
        {
            using var command = Command($"INSERT INTO runs ({Columns}) VALUES (NULL, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id", Values(run));
            return run with { Id = (long)command.ExecuteScalar()! }; // A number, or it throws.
        }
    }

    /// <summary>Notes what has become of a run.</summary>
    /// <exception cref="SqliteException">It cannot be stored.</exception>
    public void Update(RunRecord run)
    {
        lock (_gate)
        {
            Execute(
                "UPDATE runs SET state = $5, started = $7, ended = $8, begun = $9, crashes = $10, progress = $11, text = $12, last = $13, result = $14, error = $15, stack = $16 "
                + "WHERE id = $0",
                Values(run));
        }
    }

    /// <summary>A run, or null.</summary>
    public RunRecord? Find(int tenant, long id)
    {
        lock (_gate)
            return Read($"SELECT {Columns} FROM runs WHERE tenant = $0 AND id = $1", tenant, id) is [var run] ? run : null;
    }

    /// <summary>Numbers of the runs of a tenant that are not over, of their installs, and how often their process ended under them, the oldest first.</summary>
    public IReadOnlyList<(long Id, int Install, int Crashes)> Open(int tenant)
    {
        lock (_gate)
        {
            using var command = Command("SELECT id, install, crashes FROM runs WHERE tenant = $0 AND state < $1 ORDER BY id", [tenant, (int)RunState.Done]);
            using var rows = command.ExecuteReader();
            List<(long Id, int Install, int Crashes)> open = [];
            while (rows.Read())
                open.Add((rows.GetInt64(0), rows.GetInt32(1), rows.GetInt32(2)));
            return open;
        }
    }

    /// <summary>How many runs of a tenant are not over, and the bytes of their payloads.</summary>
    public (int Count, long Bytes) CountOpen(int tenant)
    {
        lock (_gate)
        {
            using var command = Command("SELECT COUNT(*), COALESCE(SUM(LENGTH(payload)), 0) FROM runs WHERE tenant = $0 AND state < $1", [tenant, (int)RunState.Done]);
            using var row = command.ExecuteReader();
            row.Read();
            return (row.GetInt32(0), row.GetInt64(1));
        }
    }

    /// <summary>Runs of a tenant, the newest first, without what they were given, left and gave: a list shows none of it, and it may be large.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="install">Number of the install, or null for all.</param>
    /// <param name="state">Only in this state, or null for all.</param>
    /// <param name="before">Only those before this number, or null: from the newest.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<RunRecord> List(int tenant, int? install, RunState? state, long? before, int limit)
    {
        lock (_gate)
        {
            return Read(
                $"SELECT {Listed} FROM runs WHERE tenant = $0 AND ($1 < 0 OR install = $1) AND ($2 < 0 OR state = $2) AND id < $3 ORDER BY id DESC LIMIT $4",
                tenant, install ?? -1, (int?)state ?? -1, before ?? long.MaxValue, limit);
        }
    }

    /// <summary>Forgets the oldest runs of a tenant that are over, except so many and so much.</summary>
    /// <exception cref="SqliteException">The file cannot be written.</exception>
    public void Trim(int tenant, int keep, long keepBytes)
    {
        lock (_gate)
        {
            Execute(
                "DELETE FROM runs WHERE tenant = $0 AND state >= $1 AND id <= COALESCE((SELECT MAX(id) FROM ("
                + "SELECT id, ROW_NUMBER() OVER newest AS n, SUM(LENGTH(payload) + LENGTH(last) + LENGTH(result)) OVER newest AS bytes"
                + " FROM runs WHERE tenant = $0 AND state >= $1 WINDOW newest AS (ORDER BY id DESC)) WHERE n > $2 OR bytes > $3), 0)",
                tenant, (int)RunState.Done, keep, keepBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private static object?[] Values(RunRecord run) =>
    [
        run.Id, run.Tenant, run.Install, run.Name, run.Payload.ToArray(), (int)run.State, run.Created.ToUnixTimeMilliseconds(), run.Started?.ToUnixTimeMilliseconds(),
        run.Ended?.ToUnixTimeMilliseconds(), run.Begun, run.Crashes, run.Progress, run.Text, run.Last.ToArray(), run.Result.ToArray(), run.Error, run.Stack,
    ];

    private static RunRecord Read(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Tenant = row.GetInt32(1),
        Install = row.GetInt32(2),
        Name = row.GetString(3),
        Payload = (byte[])row[4],
        State = (RunState)row.GetInt32(5),
        Created = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        Started = row.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
        Ended = row.IsDBNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(8)),
        Begun = row.GetInt32(9),
        Crashes = row.GetInt32(10),
        Progress = row.GetDouble(11),
        Text = row.GetString(12),
        Last = (byte[])row[13],
        Result = (byte[])row[14],
        Error = row.GetString(15),
        Stack = row.GetString(16),
    };

    private List<RunRecord> Read(string text, params ReadOnlySpan<object?> values)
    {
        using var command = Command(text, values);
        using var rows = command.ExecuteReader();
        List<RunRecord> runs = [];
        while (rows.Read())
            runs.Add(Read(rows));
        return runs;
    }

    private void Execute(string text, params ReadOnlySpan<object?> values)
    {
        using var command = Command(text, values);
        command.ExecuteNonQuery();
    }

    // The texts are those above; values go in as parameters.
    private SqliteCommand Command(string text, ReadOnlySpan<object?> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i}", values[i] ?? DBNull.Value);
        return command;
    }
}
