using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>One connection to the file of everything that waits. One thread at a time; a reader and a writer have one each.</summary>
internal sealed class QueueDatabase : IDisposable
{
    private const int DiskFull = 13;

    private readonly SqliteFile _file;

    private QueueDatabase(SqliteFile file, QueueLimits limits)
    {
        _file = file;
        Events = new EventTable(file.Connection);
        Post = new PostTable(file.Connection);
        DeadLetters = new DeadLetterTable(file.Connection, limits);
        Schedules = new ScheduleTable(file.Connection);
    }

    /// <summary>Events that wait for their chain.</summary>
    public EventTable Events { get; }

    /// <summary>Work beside the chain.</summary>
    public PostTable Post { get; }

    /// <summary>What is not tried any more.</summary>
    public DeadLetterTable DeadLetters { get; }

    /// <summary>When schedules ran last.</summary>
    public ScheduleTable Schedules { get; }

    /// <summary>Opens the file, which is made if it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static QueueDatabase Open(string path, bool fullSync, QueueLimits limits)
    {
        var file = SqliteFile.Open(path, [], fullSync);
        try
        {
            return new QueueDatabase(file, limits);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>True if the error says that the disk is full.</summary>
    public static bool IsDiskFull(SqliteException error) => error.SqliteErrorCode == DiskFull;

    /// <summary>Makes all changes or none.</summary>
    /// <exception cref="SqliteException">None was made.</exception>
    public void Commit(IReadOnlyList<QueueChange> changes)
    {
        // Not by an object for it: prepared statements would have to be told of each.
        _file.Run("BEGIN IMMEDIATE");
        try
        {
            foreach (var change in changes)
                change.Write(this);
            _file.Run("COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Events.Dispose();
        Post.Dispose();
        DeadLetters.Dispose();
        Schedules.Dispose();
        _file.Dispose();
    }

    // SQLite has rolled back by itself where the disk is full.
    private void RollBack()
    {
        try
        {
            _file.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // There is nothing to roll back.
        }
    }
}
