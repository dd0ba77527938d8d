namespace GripProxy.Forwarding.Routing;

/// <summary>
/// Tells that a file may say something else than before, a second after it was touched (OBS-04). Thread-safe; tells one change at a time.
/// </summary>
public sealed class FileWatch : IDisposable
{
    // Writers rarely finish in one step; Pushpin waits as long.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly ITimer _settled;
    private FileSystemWatcher? _watcher;
    private int _changePending;

    /// <summary>Watches nothing yet.</summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <param name="time">The clock that says when it has settled.</param>
    /// <param name="changed">Is told; must not throw.</param>
    public FileWatch(string path, TimeProvider time, Action changed)
    {
        _path = path;
        _settled = time.CreateTimer(
            _ =>
            {
                // Cleared before reading, so that a change during the reading is read too.
                Volatile.Write(ref _changePending, 0);
                changed();
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    private string Folder => Path.GetDirectoryName(_path) is { Length: > 0 } folder ? folder : ".";

    /// <summary>Watches from now on.</summary>
    /// <returns>Null, or why the folder cannot be watched.</returns>
    public string? Start()
    {
        try
        {
            // The whole folder: a file can be replaced by rename, or through the "..data" link of a Kubernetes volume.
            _watcher = new FileSystemWatcher(Folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
            _watcher.Changed += OnEvent;
            _watcher.Created += OnEvent;
            _watcher.Renamed += OnEvent;
            _watcher.Error += (_, _) => NoteChange();
            _watcher.EnableRaisingEvents = true;
            return null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Notes that the file may have changed; of several changes within the settle time the first one counts.</summary>
    public void NoteChange()
    {
        if (Interlocked.Exchange(ref _changePending, 1) == 0)
            _settled.Change(SettleTime, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _settled.Dispose();
    }

    private void OnEvent(object sender, FileSystemEventArgs e)
    {
        if (e.Name == Path.GetFileName(_path) || e.Name == "..data")
            NoteChange();
    }
}
