using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Routing;

/// <summary>
/// Numbers the items of channels from 1 (plugins.md §7.4). After an orderly end they go on where they were. After a crash some are left out, never given
/// twice: holds that miss them ask their origin. Thread-safe. Owned by the plugin host.
/// </summary>
internal sealed class ChannelNumbers : IDisposable
{
    // What is written ahead, so that not each item costs a write.
    private const int Ahead = 1000;

    // Channels in memory; when there are more, all are written and looked up again.
    private const int MostInMemory = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Last, long Written)> _channels = new(StringComparer.Ordinal);
    private readonly SqliteConnection _connection;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public ChannelNumbers(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        using var command = _connection.CreateCommand();
        command.CommandText =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS numbers (channel TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID";
        command.ExecuteNonQuery();
    }

    /// <summary>The number of a channel's next item.</summary>
    /// <exception cref="SqliteException">It cannot be kept.</exception>
    public long Next(string channel)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var state))
            {
                if (_channels.Count >= MostInMemory)
                    WriteAll();
                var last = Read(channel);
                state = (last, last);
            }

            var next = state.Last + 1;
            if (next > state.Written)
            {
                Write(channel, next + Ahead);
                state.Written = next + Ahead;
            }

            _channels[channel] = (next, state.Written);
            return next;
        }
    }

    /// <summary>Writes the last numbers as they are.</summary>
    /// <exception cref="SqliteException">They cannot be written.</exception>
    public void Dispose()
    {
        lock (_gate)
        {
            WriteAll();
            _connection.Dispose();
        }
    }

    private void WriteAll()
    {
        using (var transaction = _connection.BeginTransaction())
        {
            foreach (var (channel, state) in _channels)
                Write(channel, state.Last, transaction);
            transaction.Commit();
        }

        _channels.Clear();
    }

    private long Read(string channel)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT last FROM numbers WHERE channel = $channel";
        command.Parameters.AddWithValue("$channel", channel);
        return command.ExecuteScalar() is long last ? last : 0;
    }

    private void Write(string channel, long last, SqliteTransaction? transaction = null)
    {
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO numbers (channel, last) VALUES ($channel, $last) ON CONFLICT DO UPDATE SET last = excluded.last";
        command.Parameters.AddWithValue("$channel", channel);
        command.Parameters.AddWithValue("$last", last);
        command.ExecuteNonQuery();
    }
}
