using System.Threading.Channels;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.State;

/// <summary>
/// The document of a cluster as this node knows it (plugins.md §12.2): told by Redis of each change, and by a look each second. While Redis is away it stays
/// as it was known last. Where Redis has lost changes, whoever knows them makes them again. Thread-safe: one at a time reads or changes. Owned by the store.
/// </summary>
internal sealed partial class SharedDocument : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    // Revisions that only this node may have seen are not given to other changes.
    private const long Gap = 1000;

    // Somebody else was always faster.
    private const int Attempts = 100;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Channel<bool> _words = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly StateServer _server;
    private readonly StateCodec _codec;
    private readonly StateMemory _memory;
    private readonly ILogger _logger;
    private readonly ITimer _poll;
    private volatile PluginState _current = PluginState.Empty;
    private string _run = "";
    private Task _following = Task.CompletedTask;
    private bool _isAway;

    /// <summary>Nothing is known yet.</summary>
    public SharedDocument(StateServer server, StateCodec codec, StateMemory memory, TimeProvider time, ILogger logger)
    {
        _server = server;
        _codec = codec;
        _memory = memory;
        _logger = logger;
        _poll = time.CreateTimer(static document => ((SharedDocument)document!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called after <see cref="Current"/> has changed.</summary>
    public Action Changed { get; init; } = static () => { };

    /// <summary>The document.</summary>
    public PluginState Current => _current;

    /// <summary>Reads it, and follows it from now on.</summary>
    /// <exception cref="StateUnavailableException">It cannot be read.</exception>
    public async Task StartAsync()
    {
        await InTurnAsync(ReadAsync);
        await StateServer.TryAsync(() => _server.SubscribeAsync(_ => Look()));
        _following = FollowAsync();
        _poll.Change(Poll, Poll);
    }

    /// <summary>Changes it, as <see cref="IPluginStateStore.UpdateAsync"/> says.</summary>
    public async Task<PluginState> UpdateAsync(Func<PluginState, PluginState> change, StateContent content)
    {
        PluginState? made = null;
        await InTurnAsync(async () => made = await ChangeAsync(change, content));
        return made!; // It was made, or thrown.
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _poll.DisposeAsync();
        await _stopping.CancelAsync();
        await _following;
        _stopping.Dispose();
        _turn.Dispose();
    }

    private void Look() => _words.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        try
        {
            while (await _words.Reader.WaitToReadAsync(_stopping.Token))
            {
                _words.Reader.TryRead(out _);
                await FollowOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task FollowOnceAsync()
    {
        try
        {
            await InTurnAsync(ReadAsync);
            if (_isAway)
                Log.Back(_logger, _server.Name, _current.Revision);
            _isAway = false;
        }
        catch (StateUnavailableException e)
        {
            if (!_isAway)
                Log.Away(_logger, e.Message);
            _isAway = true;
        }
    }

    // Whatever comes of the work, others are told if the document is another one then.
    private async Task InTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync(_stopping.Token);
        var before = _current;
        try
        {
            await work();
        }
        finally
        {
            var isAnother = !ReferenceEquals(_current, before);
            if (isAnother)
                _memory.Trim(_current);
            _turn.Release();
            if (isAnother)
                Changed();
        }
    }

    private async Task<PluginState> ChangeAsync(Func<PluginState, PluginState> change, StateContent content)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = _current;
            var next = change(before);
            if (ReferenceEquals(next.Records, before.Records))
                return before;
            next = next.After(before, before.Revision + 1);
            if (await StateServer.TryAsync(() => _server.ChangeAsync(_run, before.Revision, StateChange.Between(before, next, content, _codec))))
            {
                _memory.Add(content, next);
                return _current = next;
            }

            await ReadAsync();
        }

        throw new StateUnavailableException("the plugin state is changed by others all the time; try again");
    }

    private async Task ReadAsync()
    {
        var known = _current;
        var reply = await StateServer.TryAsync(() => _server.ReadAsync(_run, known.Revision));
        var run = reply[0].Text;
        var found = Take(reply, known);
        if (found.Revision < known.Revision)
            found = await TellAgainAsync(run, found, known);
        // Another server may have got as far with other changes than the one before, whose last ones it lacked.
        if (found.Revision != known.Revision || (run != _run && !IsSame(found, known)))
            _current = found;
        _run = run;
    }

    private static bool IsSame(PluginState one, PluginState other) =>
        one.Records.Count == other.Records.Count && one.Records.All(field => other.Records.GetValueOrDefault(field.Key)?.Revision == field.Value.Revision);

    // Redis went on with data that lack changes which were made.
    private async Task<PluginState> TellAgainAsync(string run, PluginState found, PluginState known)
    {
        var again = _memory.WithoutLost(known, found).After(found, known.Revision + Gap);
        var change = StateChange.Between(found, again, _memory.ContentOf(again, found), _codec);
        if (!await StateServer.TryAsync(() => _server.ChangeAsync(run, found.Revision, change)))
            throw new StateUnavailableException("Redis has lost changes of the plugin state, and another node makes them again");
        Log.ToldAgain(_logger, _server.Name, found.Revision, known.Revision, again.Revision);
        return again;
    }

    private PluginState Take(Reply reply, PluginState known)
    {
        var isAll = reply[2].Text == "1";
        var records = (isAll ? PluginState.Empty : known).Records.ToBuilder();
        for (var i = 3; i < reply.Count; i += 3)
        {
            var field = reply[i].Text;
            if (reply[i + 2].Bytes is { IsEmpty: false } json && _codec.Read(field, json.Span, reply[i + 1].Number) is { } record)
                records[field] = record;
            else
                records.Remove(field);
        }

        return new PluginState { Revision = reply[1].Number, Records = records.ToImmutable() };
    }

    private static partial class Log
    {
        [LoggerMessage(7980, LogLevel.Warning, "plugins go on as they are, and cannot be switched: {Reason}", EventName = "SharedStateAway")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(7981, LogLevel.Information, "Redis {Server} has the plugin state again, revision {Revision}", EventName = "SharedStateBack")]
        public static partial void Back(ILogger logger, string server, long revision);

        [LoggerMessage(7982, LogLevel.Warning, "Redis {Server} has lost changes of the plugin state: it had revision {Found}; what was known of {Known} is there again, as {Revision}", EventName = "SharedStateToldAgain")]
        public static partial void ToldAgain(ILogger logger, string server, long found, long known, long revision);
    }
}
