using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Routing;

/// <summary>
/// Holds the routes in use and reads them again when their file changes (RTE-40, OBS-04). <see cref="Current"/> may be read by anybody; it is
/// replaced under the loading lock only. A file that cannot be read leaves the old routes in use.
/// </summary>
public sealed partial class RouteStore : IDisposable
{
    // Writers rarely finish in one step; Pushpin waits as long.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(1);

    private readonly RoutingOptions _options;
    private readonly ILogger<RouteStore> _logger;
    private readonly Lock _loading = new();
    private readonly ITimer _settled;
    private FileSystemWatcher? _watcher;
    private volatile RouteTable _current = RouteTable.Empty;
    private string? _text;
    private int _version;
    private int _changePending;

    /// <summary>Makes a store without routes; <see cref="Start"/> loads them.</summary>
    public RouteStore(RoutingOptions options, TimeProvider time, ILogger<RouteStore> logger)
    {
        _options = options;
        _logger = logger;
        _settled = time.CreateTimer(_ => ReloadChanged(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The routes in use. A request keeps the route it found here, whatever is loaded later.</summary>
    public RouteTable Current => _current;

    /// <summary>Grows with each loading of a file that says something else than before.</summary>
    public int Version => Volatile.Read(ref _version);

    private string Folder => Path.GetDirectoryName(_options.FilePath) ?? "/";

    /// <summary>Loads the routes, and watches their file from now on. A missing file is no error: it is read when it appears.</summary>
    public void Start()
    {
        if (_options.Lines.Count > 0)
        {
            LoadLines();
            return;
        }

        // Watch first: a change between the two would be missed otherwise.
        Watch();
        Reload();
    }

    /// <summary>Reads the file again (SIGHUP, CTL-06). False if it cannot be read; then the old routes stay. Lines of the command line stay too.</summary>
    public bool Reload()
    {
        if (_options.Lines.Count > 0)
            return true;

        lock (_loading)
        {
            string text;
            try
            {
                text = File.ReadAllText(_options.FilePath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.UnableToOpen(_logger, _options.FilePath);
                return false;
            }

            if (text != _text)
                Interlocked.Increment(ref _version);
            _text = text;
            var problems = new List<ConfigProblem>();
            Use(RouteFileReader.Read(text, Path.GetFileName(_options.FilePath), Folder, problems), problems);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _settled.Dispose();
    }

    /// <summary>Notes that the file may have changed; of several changes within the settle time the first one counts.</summary>
    internal void NoteChange()
    {
        if (Interlocked.Exchange(ref _changePending, 1) == 0)
            _settled.Change(SettleTime, Timeout.InfiniteTimeSpan);
    }

    private void ReloadChanged()
    {
        // Cleared before reading, so that a change during the reading is read too.
        Volatile.Write(ref _changePending, 0);
        Log.Changed(_logger);
        Reload();
    }

    private void LoadLines()
    {
        var problems = new List<ConfigProblem>();
        lock (_loading)
            Use(RouteFileReader.ReadLines(_options.Lines, Directory.GetCurrentDirectory(), problems), problems);
    }

    private void Use(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ConfigProblem> problems)
    {
        foreach (var problem in problems)
            Log.Problem(_logger, problem.ToString());
        _current = new RouteTable(routes, _options.WildcardDomains);
        Log.Loaded(_logger, routes.Count);
    }

    private void Watch()
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
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            Log.NotWatched(_logger, Folder, e.Message);
        }
    }

    private void OnEvent(object sender, FileSystemEventArgs e)
    {
        if (e.Name == Path.GetFileName(_options.FilePath) || e.Name == "..data")
            NoteChange();
    }
}
