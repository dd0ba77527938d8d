using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Routing;

/// <summary>
/// Numbers the items of channels from 1 (plugins.md §7.4). After an orderly end they go on where they were. After a crash some are left out, never given
/// twice: holds that miss them ask their origin. Thread-safe. Owned by the shared services.
/// </summary>
internal sealed class ChannelNumbers : IDisposable
{
    // What is written ahead, so that not each item costs a write.
    private const int Ahead = 1000;

    // Channels in memory; when there are more, all are written and looked up again.
    private const int MostInMemory = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Last, long Written)> _channels = new(StringComparer.Ordinal);
    private readonly SqliteFile _file;

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public ChannelNumbers(string path) =>
        _file = SqliteFile.Open(path, ["CREATE TABLE IF NOT EXISTS numbers (channel TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID"]);

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
            _file.Dispose();
        }
    }

    private void WriteAll()
    {
        using (var transaction = _file.Begin())
        {
            foreach (var (channel, state) in _channels)
                Write(channel, state.Last);
            transaction.Commit();
        }

        _channels.Clear();
    }

    private long Read(string channel) => _file.Scalar("SELECT last FROM numbers WHERE channel = $0", channel) is long last ? last : 0;

    private void Write(string channel, long last) =>
        _file.Run("INSERT INTO numbers (channel, last) VALUES ($0, $1) ON CONFLICT DO UPDATE SET last = excluded.last", channel, last);
}
