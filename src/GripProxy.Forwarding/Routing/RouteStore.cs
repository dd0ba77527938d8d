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
    private readonly RoutingOptions _options;
    private readonly ILogger<RouteStore> _logger;
    private readonly Lock _loading = new();
    private readonly FileWatch _watch;
    private volatile RouteTable _current = RouteTable.Empty;
    private string? _text;
    private int _version;

    /// <summary>Makes a store without routes; <see cref="Start"/> loads them.</summary>
    public RouteStore(RoutingOptions options, TimeProvider time, ILogger<RouteStore> logger)
    {
        _options = options;
        _logger = logger;
        _watch = new FileWatch(options.FilePath, time, ReloadChanged);
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
        if (_watch.Start() is { } problem)
            Log.NotWatched(_logger, Folder, problem);
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
    public void Dispose() => _watch.Dispose();

    /// <summary>Notes that the file may have changed.</summary>
    internal void NoteChange() => _watch.NoteChange();

    private void ReloadChanged()
    {
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
}
