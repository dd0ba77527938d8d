using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Logs;

/// <summary>
/// The logs of all installs in a file: of each the last 1000 lines or 1 MiB (plugins.md §11.1). A power loss may cost the last lines; each one is not worth a
/// disk write. One thread at a time.
/// </summary>
internal sealed class LogDatabase : IDisposable
{
    private const int Lines = 1000;
    private const int Bytes = 1024 * 1024;

    // To find out what is too much costs a look at all lines of an install: not with each line.
    private const int LinesTooMuch = 100;
    private const int BytesTooMuch = 128 * 1024;

    private readonly Dictionary<(int Tenant, int Install), (int Lines, int Bytes)> _grown = [];
    private readonly SqliteFile _file;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public LogDatabase(string path) => _file = SqliteFile.Open(
        path,
        [
            "CREATE TABLE IF NOT EXISTS lines (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant INTEGER NOT NULL, install INTEGER NOT NULL, time INTEGER NOT NULL,"
            + " node TEXT NOT NULL, level TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL)",
            "CREATE INDEX IF NOT EXISTS lines_of_install ON lines (tenant, install, id)",
        ]);

    /// <summary>The highest number that was given.</summary>
    public long Last() => (long)_file.Scalar("SELECT COALESCE(MAX(id), 0) FROM lines")!; // A number in any case.

    /// <summary>Stores lines, and now and then drops what the logs they belong to have too much.</summary>
    public void Write(IReadOnlyList<LogLine> lines)
    {
        using var transaction = _file.Begin();
        foreach (var line in lines)
        {
            _file.Run(
                "INSERT INTO lines (id, tenant, install, time, node, level, source, text) VALUES ($0, $1, $2, $3, $4, $5, $6, $7)",
                line.Id, line.Tenant, line.Install, line.Time.ToUnixTimeMilliseconds(), line.Node, line.Level, line.Source, line.Text);
        }

        foreach (var of in lines.GroupBy(static line => (line.Tenant, line.Install)))
            Grow(of.Key, of.Count(), of.Sum(static line => line.Text.Length));
        transaction.Commit();
    }

    /// <summary>Lines of an install that are not forgotten, in order.</summary>
    public IReadOnlyList<LogLine> Read(int tenant, int install)
    {
        Trim(tenant, install);
        return _file.Query(
            row => new LogLine
            {
                Id = row.GetInt64(0),
                Tenant = tenant,
                Install = install,
                Time = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
                Node = row.GetString(2),
                Level = row.GetString(3),
                Source = row.GetString(4),
                Text = row.GetString(5),
            },
            "SELECT id, time, node, level, source, text FROM lines WHERE tenant = $0 AND install = $1 ORDER BY id", tenant, install);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // What an earlier process left too much is dropped with the first lines.
    private void Grow((int Tenant, int Install) of, int lines, int bytes)
    {
        var isKnown = _grown.TryGetValue(of, out var grown);
        grown = (grown.Lines + lines, grown.Bytes + bytes);
        if (!isKnown || grown.Lines >= LinesTooMuch || grown.Bytes >= BytesTooMuch)
        {
            Trim(of.Tenant, of.Install);
            grown = default;
        }

        _grown[of] = grown;
    }

    private void Trim(int tenant, int install) => _file.Run(
        "DELETE FROM lines WHERE tenant = $0 AND install = $1 AND id <= COALESCE((SELECT MAX(id) FROM ("
        + "SELECT id, ROW_NUMBER() OVER newest AS n, SUM(LENGTH(CAST(text AS BLOB))) OVER newest AS bytes"
        + " FROM lines WHERE tenant = $0 AND install = $1 WINDOW newest AS (ORDER BY id DESC)) WHERE n > $2 OR bytes > $3), 0)",
        tenant, install, Lines, Bytes);
}
