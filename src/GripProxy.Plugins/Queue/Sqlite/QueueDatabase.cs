using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>The table of waiting events. One thread at a time; a reader and a writer have one each.</summary>
internal sealed class QueueDatabase : IDisposable
{
    private const int DiskFull = 13;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _bury;
    private readonly SqliteCommand _trim;
    private readonly QueueLimits _limits;

    private QueueDatabase(SqliteConnection connection, QueueLimits limits)
    {
        _connection = connection;
        _limits = limits;
        _insert = Command(
            "INSERT INTO events (tenant, seq, key, received, attempts, not_before, body) VALUES ($tenant, $seq, $key, $received, $attempts, $not_before, $body)",
            "$tenant", "$seq", "$key", "$received", "$attempts", "$not_before", "$body");
        _delete = Command("DELETE FROM events WHERE tenant = $tenant AND seq = $seq", "$tenant", "$seq");
        _update = Command(
            "UPDATE events SET attempts = $attempts, not_before = $not_before WHERE tenant = $tenant AND seq = $seq", "$tenant", "$seq", "$attempts", "$not_before");
        _select = Command(
            "SELECT seq, key, received, attempts, not_before, body FROM events WHERE tenant = $tenant AND seq > $after ORDER BY seq LIMIT $limit",
            "$tenant", "$after", "$limit");
        _bury = Command(
            "INSERT INTO dead_letters (tenant, time, stage, install, attempts, error, body)"
            + " SELECT tenant, $time, $stage, $install, attempts + 1, $error, body FROM events WHERE tenant = $tenant AND seq = $seq",
            "$time", "$stage", "$install", "$error", "$tenant", "$seq");
        _trim = Command(
            "DELETE FROM dead_letters WHERE tenant = $tenant AND (time < $oldest"
            + " OR id <= (SELECT id FROM dead_letters WHERE tenant = $tenant ORDER BY id DESC LIMIT 1 OFFSET $most))",
            "$tenant", "$oldest", "$most");
    }

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static QueueDatabase Open(string path, bool fullSync, QueueLimits limits)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Run(connection, "PRAGMA journal_mode = WAL");
            Run(connection, fullSync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            // A tenant's events lie together in their order; there is nothing else to look them up by.
            Run(connection,
                "CREATE TABLE IF NOT EXISTS events (tenant INTEGER NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL, received INTEGER NOT NULL,"
                + " attempts INTEGER NOT NULL, not_before INTEGER, body BLOB NOT NULL, PRIMARY KEY (tenant, seq)) WITHOUT ROWID");
            Run(connection,
                "CREATE TABLE IF NOT EXISTS dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant INTEGER NOT NULL, time INTEGER NOT NULL, stage TEXT NOT NULL,"
                + " install INTEGER NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL, body BLOB NOT NULL)");
            Run(connection, "CREATE INDEX IF NOT EXISTS dead_letters_of_tenant ON dead_letters (tenant, id)");
            return new QueueDatabase(connection, limits);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>True if the error says that the disk is full.</summary>
    public static bool IsDiskFull(SqliteException error) => error.SqliteErrorCode == DiskFull;

    /// <summary>Events and bytes by tenant, and the last place in use.</summary>
    public IReadOnlyDictionary<int, (long Events, long Bytes, long Last)> Count()
    {
        Dictionary<int, (long, long, long)> counts = [];
        using var command = Command("SELECT tenant, COUNT(*), SUM(LENGTH(body)), MAX(seq) FROM events GROUP BY tenant");
        using var rows = command.ExecuteReader();
        while (rows.Read())
            counts[rows.GetInt32(0)] = (rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3));
        return counts;
    }

    /// <summary>Makes all changes or none.</summary>
    /// <exception cref="SqliteException">None was made.</exception>
    public void Commit(IReadOnlyList<QueueChange> changes)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var command in (SqliteCommand[])[_insert, _delete, _update, _bury, _trim])
            command.Transaction = transaction;
        foreach (var change in changes)
        {
            foreach (var stored in change.Stored)
                Run(_insert, stored.Tenant, stored.Sequence, stored.Key, stored.Received.ToUnixTimeMilliseconds(), stored.Attempts, Time(stored.NotBefore), Bytes(stored.Body));
            if (change.Buried is { } reason)
            {
                Run(_bury, change.BuriedAt.ToUnixTimeMilliseconds(), reason.Stage, reason.Install, reason.Error, change.Tenant, change.Removed[0]);
                Run(_trim, change.Tenant, change.BuriedAt.AddDays(-_limits.DeadLetterDays).ToUnixTimeMilliseconds(), _limits.DeadLetters);
            }

            foreach (var sequence in change.Removed)
                Run(_delete, change.Tenant, sequence);
            if (change.Postponed is { } postponed)
                Run(_update, postponed.Tenant, postponed.Sequence, postponed.Attempts, Time(postponed.NotBefore));
        }

        transaction.Commit();
    }

    /// <summary>How many dead letters a tenant has.</summary>
    public long CountDeadLetters(int tenant)
    {
        using var command = Command("SELECT COUNT(*) FROM dead_letters WHERE tenant = $tenant", "$tenant");
        Set(command, tenant);
        return (long)command.ExecuteScalar()!; // A count is a number.
    }

    /// <summary>Events behind a place.</summary>
    public IReadOnlyList<QueuedEvent> Read(int tenant, long after, int limit)
    {
        Set(_select, tenant, after, limit);
        List<QueuedEvent> events = [];
        using var rows = _select.ExecuteReader();
        while (rows.Read())
        {
            events.Add(new QueuedEvent
            {
                Tenant = tenant,
                Sequence = rows.GetInt64(0),
                Key = rows.GetString(1),
                Received = DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2)),
                Attempts = rows.GetInt32(3),
                NotBefore = rows.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(4)),
                Body = rows.GetFieldValue<byte[]>(5),
            });
        }

        return events;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_insert, _delete, _update, _select, _bury, _trim])
            command.Dispose();
        _connection.Dispose();
    }

    private static object Time(DateTimeOffset? time) => time is { } known ? known.ToUnixTimeMilliseconds() : DBNull.Value;

    private static byte[] Bytes(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : body.ToArray(); // Got.

    private static void Run(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        Set(command, values);
        command.ExecuteNonQuery();
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    // The text is one of those above; values go in as parameters.
    private SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
