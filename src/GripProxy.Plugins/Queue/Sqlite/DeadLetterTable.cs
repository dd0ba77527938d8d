using System.Globalization;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>What is not tried any more. One thread at a time.</summary>
internal sealed class DeadLetterTable : SqliteTable
{
    private const string Columns = "SELECT id, time, stage, install, attempts, error, event, received, replayed, stack";

    private const string Filter = " FROM dead_letters WHERE tenant = $0 AND ($1 IS NULL OR id IN (SELECT value FROM json_each($1))) AND ($2 IS NULL OR stage = $2)"
        + " AND ($3 IS NULL OR install = $3) AND ($4 IS NULL OR time >= $4) AND ($5 IS NULL OR event = $5)";

    private readonly QueueLimits _limits;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _trim;
    private readonly SqliteCommand _list;
    private readonly SqliteCommand _whole;
    private readonly SqliteCommand _count;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _last;
    private readonly SqliteCommand _stages;

    /// <summary>Prepares the statements; the table is made if it is not there.</summary>
    public DeadLetterTable(SqliteConnection connection, QueueLimits limits)
        : base(connection)
    {
        _limits = limits;
        Run(connection,
            "CREATE TABLE IF NOT EXISTS dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant INTEGER NOT NULL, time INTEGER NOT NULL, stage TEXT NOT NULL,"
            + " install INTEGER NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL, body BLOB NOT NULL)");
        AddColumn(connection, "dead_letters", "event", "TEXT NOT NULL DEFAULT ''");
        AddColumn(connection, "dead_letters", "received", "INTEGER NOT NULL DEFAULT 0");
        AddColumn(connection, "dead_letters", "replayed", "INTEGER NOT NULL DEFAULT 0");
        AddColumn(connection, "dead_letters", "stack", "TEXT NOT NULL DEFAULT ''");
        Run(connection, "CREATE INDEX IF NOT EXISTS dead_letters_of_tenant ON dead_letters (tenant, id)");
        Run(connection, "CREATE INDEX IF NOT EXISTS dead_letters_of_stage ON dead_letters (tenant, stage)");
        _insert = Prepare(
            "INSERT INTO dead_letters (tenant, time, stage, install, attempts, error, event, received, replayed, stack, body)"
            + " VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
        _trim = Prepare(
            "DELETE FROM dead_letters WHERE tenant = $0 AND (time < $1 OR id <= (SELECT id FROM dead_letters WHERE tenant = $0 ORDER BY id DESC LIMIT 1 OFFSET $2))");
        _list = Prepare($"{Columns}, NULL{Filter} AND id > $6 ORDER BY id LIMIT $7");
        _whole = Prepare($"{Columns}, body{Filter} AND id > $6 ORDER BY id LIMIT $7");
        _count = Prepare($"SELECT COUNT(*){Filter}");
        _last = Prepare("SELECT MAX(id) FROM dead_letters WHERE tenant = $0");
        _stages = Prepare("SELECT tenant, stage, COUNT(*) FROM dead_letters GROUP BY tenant, stage");
        _delete = Prepare($"DELETE{Filter}");
    }

    /// <summary>Keeps a dead letter; what is too old or too much goes.</summary>
    /// <returns>How many went.</returns>
    public int Insert(DeadLetter letter)
    {
        Execute(
            _insert, letter.Tenant, Time(letter.Time), letter.Stage, letter.Install, letter.Attempts, letter.Error, letter.Event, Time(letter.Received), letter.Replayed,
            letter.Stack, Bytes(letter.Body));
        return Execute(_trim, letter.Tenant, Time(letter.Time.AddDays(-_limits.DeadLetterDays)), _limits.DeadLetters);
    }

    /// <summary>Dead letters in their order.</summary>
    public IReadOnlyList<DeadLetter> Read(int tenant, DeadLetterFilter filter, long after, int limit, bool whole) => Query(
        whole ? _whole : _list,
        rows => new DeadLetter
        {
            Tenant = tenant,
            Id = rows.GetInt64(0),
            Time = Time(rows, 1),
            Stage = rows.GetString(2),
            Install = rows.GetInt32(3),
            Attempts = rows.GetInt32(4),
            Error = rows.GetString(5),
            Event = rows.GetString(6),
            Received = Time(rows, 7),
            Replayed = rows.GetInt32(8),
            Stack = rows.GetString(9),
            Body = whole ? rows.GetFieldValue<byte[]>(10) : default(ReadOnlyMemory<byte>),
        },
        [.. Values(tenant, filter), after, limit]);

    /// <summary>How many there are.</summary>
    public long Count(int tenant, DeadLetterFilter filter) => (long)Scalar(_count, [.. Values(tenant, filter)])!; // A count is a number.

    /// <summary>How many there are by tenant and stage.</summary>
    public IReadOnlyList<(int Tenant, string Stage, long Count)> Counts() => Query(_stages, static rows => (rows.GetInt32(0), rows.GetString(1), rows.GetInt64(2)));

    /// <summary>Number of the youngest; 0 if there is none.</summary>
    public long Last(int tenant) => Scalar(_last, tenant) is long last ? last : 0;

    /// <summary>Throws some away.</summary>
    /// <returns>How many there were.</returns>
    public int Delete(int tenant, DeadLetterFilter filter) => Execute(_delete, [.. Values(tenant, filter)]);

    private static object?[] Values(int tenant, DeadLetterFilter filter) =>
    [
        tenant,
        filter.Ids is { } ids ? $"[{string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))}]" : null,
        filter.Stage, filter.Install, Time(filter.Since), filter.Event,
    ];
}
