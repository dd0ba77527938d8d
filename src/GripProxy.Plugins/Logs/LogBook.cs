using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Logs;

/// <summary>
/// The logs of all installs: lines are told to who follows them at once, and stored by one loop, many at a time, so that who writes never waits
/// (plugins.md §11.1, PLG-15). Thread-safe. Owned by the running plugins.
/// </summary>
internal sealed partial class LogBook : IAsyncDisposable
{
    // A flood of several plugins; what is more is only in the proxy's log.
    private const int MostWaiting = 10_000;
    private const int MostAtOnce = 500;

    private readonly Channel<Entry> _waiting = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly List<LogFollower> _followers = [];
    private readonly LogDatabase _database;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _storing;
    private long _last;
    private int _unstored;

    /// <summary>Opens the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The proxy's log.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public LogBook(string path, string node, TimeProvider time, ILogger<LogBook> logger)
    {
        _database = new LogDatabase(path);
        _last = _database.Last();
        _node = node;
        _time = time;
        _logger = logger;
        _storing = Task.Run(StoreAsync);
    }

    /// <summary>Told each line; returns at once.</summary>
    public Action<LogLine> Added { get; set; } = static _ => { };

    /// <summary>Takes a line, which has no secrets any more.</summary>
    public void Add(int tenant, int install, string level, string source, string text)
    {
        LogLine line;
        lock (_gate)
        {
            line = new LogLine
            {
                Id = ++_last,
                Tenant = tenant,
                Install = install,
                Time = _time.GetUtcNow(),
                Node = _node,
                Level = LogLevels.Known(level),
                Source = source,
                Text = text,
            };
            if (_unstored < MostWaiting && _waiting.Writer.TryWrite(new Entry(line, null)))
                _unstored++;
            foreach (var follower in _followers.Where(one => one.Tenant == tenant && one.Install == install))
                follower.Take(line);
        }

        Added(line);
    }

    /// <summary>Lines of an install, the oldest first: of those that are meant the last ones.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="install">Number of the install.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only those after this number, and then the first ones; null: the last.</param>
    /// <param name="limit">At most so many.</param>
    public async Task<IReadOnlyList<LogLine>> ReadAsync(int tenant, int install, LogFilter filter, long? after, int limit)
    {
        var reading = new Reading(tenant, install);
        // In the same order as the lines: what was written before is seen.
        if (!_waiting.Writer.TryWrite(new Entry(null, reading)))
            throw new IOException("the log cannot be read: the plugins are stopping");
        var meant = (await reading.Lines.Task).Where(line => filter.Takes(line) && line.Id > (after ?? 0));
        return [.. after is null ? meant.TakeLast(limit) : meant.Take(limit)];
    }

    /// <summary>Tells a follower every line of an install from now on, until it is disposed of.</summary>
    public LogFollower Follow(int tenant, int install)
    {
        var follower = new LogFollower(tenant, install, Forget);
        lock (_gate)
            _followers.Add(follower);
        return follower;
    }

    /// <summary>Ends the followers and stores what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        LogFollower[] followers;
        lock (_gate)
            followers = [.. _followers];
        foreach (var follower in followers)
            follower.End();
        _waiting.Writer.TryComplete();
        await _storing;
        _database.Dispose();
    }

    private void Forget(LogFollower follower)
    {
        lock (_gate)
            _followers.Remove(follower);
    }

    private async Task StoreAsync()
    {
        List<LogLine> lines = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (_waiting.Reader.TryRead(out var entry))
            {
                if (entry.Line is { } line)
                    lines.Add(line);
                if (lines.Count == MostAtOnce || entry.Reading is not null)
                    Store(lines);
                if (entry.Reading is { } reading)
                    Answer(reading);
            }

            Store(lines);
        }
    }

    private void Store(List<LogLine> lines)
    {
        if (lines.Count == 0)
            return;
        try
        {
            _database.Write(lines);
        }
        catch (SqliteException e)
        {
            Log.NotStored(_logger, e, lines.Count);
        }

        lock (_gate)
            _unstored -= lines.Count;
        lines.Clear();
    }

    private void Answer(Reading reading)
    {
        try
        {
            reading.Lines.SetResult(_database.Read(reading.Tenant, reading.Install));
        }
        catch (SqliteException e)
        {
            reading.Lines.SetException(new IOException($"the log cannot be read: {e.Message}", e));
        }
    }

    private sealed record Entry(LogLine? Line, Reading? Reading);

    private sealed record Reading(int Tenant, int Install)
    {
        public TaskCompletionSource<IReadOnlyList<LogLine>> Lines { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(7710, LogLevel.Error, "{Count} lines of plugin logs were not stored", EventName = "PluginLogNotStored")]
        public static partial void NotStored(ILogger logger, Exception exception, int count);
    }
}
