using System.Collections.Concurrent;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post;

/// <summary>
/// What happens to a tenant's events after they were published: <c>onEvent</c> and its kin, exports, webhooks; and its jobs (plugins.md §7.5-7.7, §9.2). Nothing of it
/// delays the chain. Thread-safe. Owned by the tenant's runtime.
/// </summary>
internal sealed partial class PostStage : IAsyncDisposable
{
    /// <summary>Name of the events that only <c>onSnapshot</c> sees.</summary>
    public const string Snapshot = "$snapshot";

    // The process has a few seconds to end (CLI-05).
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly string[] Single = ["onEvent", "onEventWithPostHogEvent", PostCaller.Compose];

    private readonly ConcurrentDictionary<PostLineOf, PostLoop> _loops = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly PostParts _parts;
    private readonly ILogger _logger;
    private readonly GuardedCalls _calls;
    private readonly PostCaller _caller;
    private readonly CancellationToken _stopped;
    private bool _started;

    /// <summary>Does nothing yet.</summary>
    public PostStage(PostParts parts, ILogger<PostStage> logger)
    {
        _parts = parts;
        _logger = logger;
        _stopped = _stopping.Token;
        _calls = new GuardedCalls(parts, logger, _stopped);
        _caller = new PostCaller(_calls, parts, logger, _stopped);
    }

    /// <summary>Pieces of work that are under way: calls with one event, webhooks, jobs.</summary>
    public int InFlight => _loops.Values.OfType<PostLane>().Sum(lane => lane.InFlight);

    /// <summary>Begins, with what waits from before.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _started = true;
            foreach (var loop in _loops.Values)
                loop.Start();
        }

        _parts.Calls.Changed += Wake;
        Look();
    }

    /// <summary>There may be work that was not stored here.</summary>
    public void Look()
    {
        // Whoever tells of work need not know that this one has ended: another takes its place.
        if (_stopping.IsCancellationRequested)
            return;
        _ = LookAsync();
        foreach (var loop in _loops.Values)
            loop.Look();
        Wake();
    }

    /// <summary>Completes when nothing is under way that was read before: some of it may be another node's from now on.</summary>
    public Task LetGoAsync() => Task.WhenAll(_loops.Values.Select(loop => loop.LetGoAsync()));

    /// <summary>There may be something to do.</summary>
    public void Wake()
    {
        if (_stopping.IsCancellationRequested)
            return;
        foreach (var plugin in _parts.Calls.Plugins)
            AddLoops(plugin.Install.Number);
        foreach (var loop in _loops.Values)
            loop.Wake();
    }

    /// <summary>What is to be done for events that have been published.</summary>
    /// <param name="published">Each as it left the chain, and as it came in.</param>
    public IReadOnlyList<PostWork> WorkFor(IEnumerable<(ReadOnlyMemory<byte> Final, QueuedEvent Event)> published)
    {
        var plugins = _parts.Calls.Plugins.Where(plugin => plugin.MayRun && WantsAny(plugin)).ToList();
        if (plugins.Count == 0)
            return [];
        List<PostWork> works = [];
        foreach (var (final, queued) in published)
        {
            var name = NameOf(final);
            foreach (var plugin in plugins.Where(plugin => !Ignores(plugin, name, queued)))
                works.AddRange(MethodsFor(plugin, name).Select(method => Work(plugin, method, name, final) with { Replayed = queued.Replayed, Depth = queued.Depth }));
        }

        return works;
    }

    /// <summary>Work was stored.</summary>
    public void Stored(IReadOnlyList<PostWork> works)
    {
        foreach (var group in works.GroupBy(work => new PostLineOf(work.Tenant, work.Install, work.Line)))
        {
            var loop = Loop(group.Key);
            if (loop is ExportLane exports)
                exports.Stored([.. group]);
            else
                loop.Wake();
        }
    }

    /// <summary>Hands over what an install has to export, before it ends.</summary>
    /// <param name="install">The install as the copy that ends has it.</param>
    /// <param name="call">Calls that copy.</param>
    /// <param name="late">Cancelled when the copy cannot be called any more.</param>
    public Task FlushAsync(Install install, Func<string, ReadOnlyMemory<byte>, Task<CallResult>> call, CancellationToken late) =>
        _loops.TryGetValue(new PostLineOf(_parts.Tenant.Number, install.Number, PostLine.Exports), out var loop) && loop is ExportLane exports
            ? exports.FlushAsync(install, call, late)
            : Task.CompletedTask;

    /// <summary>Takes nothing more and waits a little for what is under way; what has not ended then waits in the queue for the next start.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops.Values.Select(loop => loop.StopAsync()));
        await Task.WhenAny(Task.WhenAll(_loops.Values.OfType<PostLane>().Select(lane => lane.LetGoAsync())), Task.Delay(Farewell, _parts.Time));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        var loops = _loops.Values.ToList();
        _loops.Clear();
        foreach (var loop in loops)
            await loop.DisposeAsync();
        _calls.Dispose();
        _stopping.Dispose();
    }

    private static bool WantsAny(CallablePlugin plugin) =>
        plugin.Capabilities is { } offered && (Single.Any(offered.Has) || offered.Has(ExportLane.Method) || offered.Has("onSnapshot"));

    private static bool Ignores(CallablePlugin plugin, string name, QueuedEvent queued) =>
        plugin.Install.EventsToIgnore.Contains(name, StringComparer.Ordinal) || (plugin.Install.SkipOwnCaptures && queued.CapturedBy == plugin.Install.Number);

    private static string NameOf(ReadOnlyMemory<byte> final)
    {
        using var document = CellJson.Parse(final);
        return document.RootElement.TryGetProperty("event", out var value) && value.ValueKind == JsonValueKind.String ? CleanJson.Text(value) : "";
    }

    private static IEnumerable<string> MethodsFor(CallablePlugin plugin, string name)
    {
        var offered = plugin.Capabilities!; // Only those whose are known.
        if (name == Snapshot)
            return offered.Has("onSnapshot") ? ["onSnapshot"] : [];
        var methods = Single.Where(offered.Has);
        return offered.Has(ExportLane.Method) && !ExportSettings.Of(plugin.Install).Ignored.Contains(name, StringComparer.Ordinal)
            ? methods.Append(ExportLane.Method)
            : methods;
    }

    private PostWork Work(CallablePlugin plugin, string method, string name, ReadOnlyMemory<byte> final)
    {
        var now = _parts.Time.GetUtcNow();
        return new PostWork
        {
            Tenant = _parts.Tenant.Number,
            Install = plugin.Install.Number,
            Line = method == ExportLane.Method ? PostLine.Exports : PostLine.Events,
            Method = method,
            Event = name,
            Created = now,
            Due = now,
            Body = final,
        };
    }

    // Of installs that are gone too.
    private async Task LookAsync()
    {
        try
        {
            foreach (var install in await _parts.Queue.InstallsAsync(_parts.Tenant.Number))
                AddLoops(install);
        }
        catch (Exception e)
        {
            // Whoever finds out that it can be read again looks again.
            Log.NotRead(_logger, e, _parts.Tenant.Name);
        }
    }

    private void AddLoops(int install)
    {
        foreach (var line in Enum.GetValues<PostLine>())
            Loop(new PostLineOf(_parts.Tenant.Number, install, line));
    }

    private PostLoop Loop(PostLineOf line)
    {
        if (_loops.TryGetValue(line, out var known))
            return known;
        lock (_gate)
        {
            if (_loops.TryGetValue(line, out known))
                return known;
            PostLoop loop = line.Line == PostLine.Exports
                ? new ExportLane(line, _parts, _calls, _logger, _stopped)
                : new PostLane(line, _parts, _caller, _logger, _stopped);
            _loops[line] = loop;
            if (_started)
                loop.Start();
            return loop;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7406, LogLevel.Warning, "plugins of {Tenant}: what waits beside the chain cannot be read", EventName = "PostNotRead")]
        public static partial void NotRead(ILogger logger, Exception exception, string tenant);
    }
}
