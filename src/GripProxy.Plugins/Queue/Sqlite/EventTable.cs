using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>Events that wait for their chain. One thread at a time.</summary>
internal sealed class EventTable : SqliteTable
{
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _count;
    private readonly SqliteCommand _oldest;
    private readonly SqliteCommand _retrying;

    /// <summary>Prepares the statements; the table is made if it is not there.</summary>
    public EventTable(SqliteConnection connection)
        : base(connection)
    {
        // A tenant's events lie together in their order; there is nothing else to look them up by.
        Run(connection,
            "CREATE TABLE IF NOT EXISTS events (tenant INTEGER NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL, received INTEGER NOT NULL,"
            + " attempts INTEGER NOT NULL, not_before INTEGER, body BLOB NOT NULL, PRIMARY KEY (tenant, seq)) WITHOUT ROWID");
        AddColumn(connection, "events", "replayed", "INTEGER NOT NULL DEFAULT 0");
        AddColumn(connection, "events", "depth", "INTEGER NOT NULL DEFAULT 0");
        AddColumn(connection, "events", "captured_by", "INTEGER NOT NULL DEFAULT 0");
        // Only what failed before is in it: what comes and goes at once costs nothing more.
        Run(connection, "CREATE INDEX IF NOT EXISTS events_tried ON events (tenant) WHERE attempts > 0");
        _insert = Prepare(
            "INSERT INTO events (tenant, seq, key, received, attempts, not_before, body, replayed, depth, captured_by) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)");
        _delete = Prepare("DELETE FROM events WHERE tenant = $0 AND seq = $1");
        _update = Prepare("UPDATE events SET attempts = $2, not_before = $3 WHERE tenant = $0 AND seq = $1");
        _select = Prepare(
            "SELECT seq, key, received, attempts, not_before, body, replayed, depth, captured_by FROM events WHERE tenant = $0 AND seq > $1 ORDER BY seq LIMIT $2");
        _count = Prepare("SELECT tenant, COUNT(*), SUM(LENGTH(body)), MAX(seq) FROM events GROUP BY tenant");
        _retrying = Prepare("SELECT COUNT(*) FROM events WHERE tenant = $0 AND attempts > 0");
        _oldest = Prepare("SELECT received FROM events WHERE tenant = $0 ORDER BY seq LIMIT 1");
    }

    /// <summary>Events and bytes by tenant, and the last place in use.</summary>
    public IReadOnlyList<(int Tenant, long Events, long Bytes, long Last)> Count() =>
        Query(_count, static rows => (rows.GetInt32(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3)));

    /// <summary>When the first event of a tenant was accepted, or null.</summary>
    public DateTimeOffset? Oldest(int tenant) => Query(_oldest, static rows => (DateTimeOffset?)Time(rows, 0), tenant).SingleOrDefault();

    /// <summary>Events of a tenant that failed and are tried again.</summary>
    public long Retrying(int tenant) => Query(_retrying, static rows => rows.GetInt64(0), tenant).Single();

    /// <summary>Stores an event at its place.</summary>
    public void Insert(QueuedEvent one) =>
        Execute(
            _insert, one.Tenant, one.Sequence, one.Key, Time(one.Received), one.Attempts, Time(one.NotBefore), Bytes(one.Body), one.Replayed, one.Depth,
            one.CapturedBy);

    /// <summary>Forgets an event.</summary>
    public void Delete(int tenant, long sequence) => Execute(_delete, tenant, sequence);

    /// <summary>Notes attempts and time of an event.</summary>
    public void Postpone(QueuedEvent one) => Execute(_update, one.Tenant, one.Sequence, one.Attempts, Time(one.NotBefore));

    /// <summary>Events behind a place.</summary>
    public IReadOnlyList<QueuedEvent> Read(int tenant, long after, int limit) => Query(
        _select,
        rows => new QueuedEvent
        {
            Tenant = tenant,
            Sequence = rows.GetInt64(0),
            Key = rows.GetString(1),
            Received = Time(rows, 2),
            Attempts = rows.GetInt32(3),
            NotBefore = rows.IsDBNull(4) ? null : Time(rows, 4),
            Body = rows.GetFieldValue<byte[]>(5),
            Replayed = rows.GetInt32(6),
            Depth = rows.GetInt32(7),
            CapturedBy = rows.GetInt32(8),
        },
        tenant, after, limit);
}
