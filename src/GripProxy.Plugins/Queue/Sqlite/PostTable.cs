using System.Globalization;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>Work beside the chain. One thread at a time.</summary>
internal sealed class PostTable : SqliteTable
{
    private const string Columns = "SELECT id, tenant, install, line, method, event, created, due, attempts, replayed, batch, body, depth FROM post";
    private const string OfLine = " WHERE tenant = $0 AND install = $1 AND line = $2";
    private const string NotIn = " AND id NOT IN (SELECT value FROM json_each($3))";

    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _count;
    private readonly SqliteCommand _oldest;
    private readonly SqliteCommand _retrying;
    private readonly SqliteCommand _due;
    private readonly SqliteCommand _nextDue;
    private readonly SqliteCommand _list;
    private readonly SqliteCommand _buffer;
    private readonly SqliteCommand _readBuffer;
    private readonly SqliteCommand _readBatch;
    private readonly SqliteCommand _installs;

    /// <summary>Prepares the statements; the table is made if it is not there.</summary>
    public PostTable(SqliteConnection connection)
        : base(connection)
    {
        Run(connection,
            "CREATE TABLE IF NOT EXISTS post (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant INTEGER NOT NULL, install INTEGER NOT NULL, line INTEGER NOT NULL,"
            + " method TEXT NOT NULL, event TEXT NOT NULL, created INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL, replayed INTEGER NOT NULL,"
            + " batch INTEGER NOT NULL, body BLOB NOT NULL, depth INTEGER NOT NULL)");
        Run(connection, "CREATE INDEX IF NOT EXISTS post_of_line ON post (tenant, install, line, due, id)");
        Run(connection, "CREATE INDEX IF NOT EXISTS post_tried ON post (tenant) WHERE attempts > 0");
        _insert = Prepare(
            "INSERT INTO post (tenant, install, line, method, event, created, due, attempts, replayed, batch, body, depth)"
            + " VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");
        _delete = Prepare("DELETE FROM post WHERE id = $0");
        _update = Prepare("UPDATE post SET method = $1, due = $2, attempts = $3, batch = $4, body = $5 WHERE id = $0");
        _count = Prepare("SELECT tenant, COUNT(*), SUM(LENGTH(body)) FROM post GROUP BY tenant");
        _retrying = Prepare("SELECT COUNT(*) FROM post WHERE tenant = $0 AND attempts > 0");
        // In the order of numbers, which the plus makes it read: the first that fits is the oldest.
        _oldest = Prepare("SELECT created FROM post WHERE +tenant = $0 AND line <> $1 ORDER BY id LIMIT 1");
        _due = Prepare($"{Columns}{OfLine}{NotIn} AND due <= $4 ORDER BY due, id LIMIT $5");
        _nextDue = Prepare($"SELECT due FROM post{OfLine}{NotIn} ORDER BY due LIMIT 1");
        _list = Prepare($"{Columns} WHERE tenant = $0 AND ($1 IS NULL OR install = $1) AND line = $2 AND id > $3 ORDER BY id LIMIT $4");
        _installs = Prepare("SELECT DISTINCT install FROM post WHERE tenant = $0");
        _buffer = Prepare($"SELECT SUM(LENGTH(body) + 1), MIN(created) FROM post{OfLine} AND batch = 0");
        _readBuffer = Prepare($"{Columns}{OfLine} AND batch = 0 ORDER BY id");
        _readBatch = Prepare($"{Columns}{OfLine} AND batch = (SELECT batch FROM post{OfLine} AND batch > 0 ORDER BY due, id LIMIT 1) ORDER BY id");
    }

    /// <summary>Pieces of work and bytes by tenant.</summary>
    public IReadOnlyList<(int Tenant, long Works, long Bytes)> Count() => Query(_count, static rows => (rows.GetInt32(0), rows.GetInt64(1), rows.GetInt64(2)));

    /// <summary>When the first work of a tenant but for jobs was stored, or null.</summary>
    public DateTimeOffset? Oldest(int tenant) => Query(_oldest, static rows => (DateTimeOffset?)Time(rows, 0), tenant, (int)PostLine.Jobs).SingleOrDefault();

    /// <summary>Work of a tenant that failed and is tried again.</summary>
    public long Retrying(int tenant) => Query(_retrying, static rows => rows.GetInt64(0), tenant).Single();

    /// <summary>Installs that work waits for.</summary>
    public IReadOnlyList<int> Installs(int tenant) => Query(_installs, static rows => rows.GetInt32(0), tenant);

    /// <summary>Stores work.</summary>
    /// <returns>Its number.</returns>
    public long Insert(PostWork work) => (long)Scalar(
        _insert, work.Tenant, work.Install, (int)work.Line, work.Method, work.Event, Time(work.Created), Time(work.Due), work.Attempts, work.Replayed, work.Batch,
        Bytes(work.Body), work.Depth)!; // A number is returned.

    /// <summary>Forgets work.</summary>
    /// <returns>True if it was still there.</returns>
    public bool Delete(long id) => Execute(_delete, id) > 0;

    /// <summary>Notes what became of work.</summary>
    public void Update(PostWork work) => Execute(_update, work.Id, work.Method, Time(work.Due), work.Attempts, work.Batch, Bytes(work.Body));

    /// <summary>Work that is due.</summary>
    public IReadOnlyList<PostWork> ReadDue(PostLineOf line, DateTimeOffset now, IReadOnlyCollection<long> except, int limit) =>
        Query(_due, Read, line.Tenant, line.Install, (int)line.Line, Numbers(except), Time(now), limit);

    /// <summary>When the first of the rest is due.</summary>
    public DateTimeOffset? NextDue(PostLineOf line, IReadOnlyCollection<long> except) =>
        Scalar(_nextDue, line.Tenant, line.Install, (int)line.Line, Numbers(except)) is long due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;

    /// <summary>Work that waits.</summary>
    public IReadOnlyList<PostWork> List(int tenant, int? install, PostLine line, long after, int limit) =>
        Query(_list, Read, tenant, install, (int)line, after, limit);

    /// <summary>How much of a buffer has not been tried.</summary>
    public PostBuffer Buffer(PostLineOf line) => Query(
        _buffer, static rows => rows.IsDBNull(0) ? default : new PostBuffer(rows.GetInt64(0), Time(rows, 1)), line.Tenant, line.Install, (int)line.Line)[0];

    /// <summary>The beginning of a buffer.</summary>
    public IReadOnlyList<PostWork> ReadBuffer(PostLineOf line, long bytes)
    {
        List<PostWork> found = [];
        using var rows = Open(_readBuffer, line.Tenant, line.Install, (int)line.Line);
        while (bytes > 0 && rows.Read())
        {
            var work = Read(rows);
            bytes -= work.Body.Length + 1;
            if (found.Count == 0 || bytes >= 0)
                found.Add(work);
        }

        return found;
    }

    /// <summary>The batch that is due first.</summary>
    public IReadOnlyList<PostWork> ReadBatch(PostLineOf line) => Query(_readBatch, Read, line.Tenant, line.Install, (int)line.Line);

    private static PostWork Read(SqliteDataReader rows) => new()
    {
        Id = rows.GetInt64(0),
        Tenant = rows.GetInt32(1),
        Install = rows.GetInt32(2),
        Line = (PostLine)rows.GetInt32(3),
        Method = rows.GetString(4),
        Event = rows.GetString(5),
        Created = Time(rows, 6),
        Due = Time(rows, 7),
        Attempts = rows.GetInt32(8),
        Replayed = rows.GetInt32(9),
        Batch = rows.GetInt64(10),
        Body = rows.GetFieldValue<byte[]>(11),
        Depth = rows.GetInt32(12),
    };

    private static string Numbers(IReadOnlyCollection<long> numbers) =>
        $"[{string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]";
}
