using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>When schedules ran last. One thread at a time.</summary>
internal sealed class ScheduleTable : SqliteTable
{
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _set;

    /// <summary>Prepares the statements; the table is made if it is not there.</summary>
    public ScheduleTable(SqliteConnection connection)
        : base(connection)
    {
        Run(connection,
            "CREATE TABLE IF NOT EXISTS schedules (tenant INTEGER NOT NULL, install INTEGER NOT NULL, task TEXT NOT NULL, last INTEGER NOT NULL,"
            + " PRIMARY KEY (tenant, install, task)) WITHOUT ROWID");
        _get = Prepare("SELECT last FROM schedules WHERE tenant = $0 AND install = $1 AND task = $2");
        _set = Prepare("INSERT INTO schedules (tenant, install, task, last) VALUES ($0, $1, $2, $3) ON CONFLICT DO UPDATE SET last = excluded.last");
    }

    /// <summary>When a task ran last, or null.</summary>
    public DateTimeOffset? Get(int tenant, int install, string task) =>
        Scalar(_get, tenant, install, task) is long last ? DateTimeOffset.FromUnixTimeMilliseconds(last) : null;

    /// <summary>A task runs.</summary>
    public void Set(int tenant, int install, string task, DateTimeOffset last) => Execute(_set, tenant, install, task, Time(last));
}
