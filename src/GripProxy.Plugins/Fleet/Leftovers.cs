using System.Threading.Channels;
using GripProxy.Plugins.State;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Fleet;

/// <summary>
/// Deletes what installs and tenants that are gone have left, when its time has come (plugins.md §10). What is to be done stands in the state document, so a
/// restart forgets nothing. One loop does it. Owned by the running plugins.
/// </summary>
internal sealed partial class Leftovers : IAsyncDisposable
{
    private static readonly TimeSpan Failure = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IPluginStateStore _store;
    private readonly Func<int, string, Task> _forget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;

    /// <summary>Does nothing yet.</summary>
    /// <param name="store">Where it stands what is to be deleted.</param>
    /// <param name="forget">Deletes what an install of a tenant has left, by number and name, with an empty name all of the tenant.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public Leftovers(IPluginStateStore store, Func<int, string, Task> forget, TimeProvider time, ILogger<Leftovers> logger)
    {
        _store = store;
        _forget = forget;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static self => ((Leftovers)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins, with what is due from before.</summary>
    public void Start()
    {
        _store.Changed += Changed;
        _running = RunAsync();
        Wake();
    }

    /// <summary>Deletes nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Changed -= Changed;
        _wakes.Writer.TryComplete();
        await _running;
        await _timer.DisposeAsync();
    }

    private void Changed(object? sender, EventArgs e) => Wake();

    private void Wake() => _wakes.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        while (await _wakes.Reader.WaitToReadAsync())
        {
            _wakes.Reader.TryRead(out _);
            try
            {
                await SweepAsync();
            }
            catch (Exception e) when (e is SqliteException or IOException)
            {
                Log.NotDeleted(_logger, e);
                _timer.Change(Failure, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task SweepAsync()
    {
        var now = _time.GetUtcNow();
        foreach (var due in All().Where(one => one.Due <= now).ToList())
        {
            await _forget(due.Tenant, due.Install);
            await _store.UpdateAsync(state => state.Find<LeftoverRecord>(due.Field) is { } present && present.Due == due.Due ? state.Without(present) : state);
            Log.Deleted(_logger, due.Tenant, due.Install);
        }

        if (All().Select(static one => (DateTimeOffset?)one.Due).Min() is { } next)
            _timer.Change(next > now ? next - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private IEnumerable<LeftoverRecord> All() => _store.Current.Records.Values.OfType<LeftoverRecord>();

    private static partial class Log
    {
        [LoggerMessage(7330, LogLevel.Information, "what plugin '{Install}' of the tenant {Tenant} had left is deleted", EventName = "LeftoverDeleted")]
        public static partial void Deleted(ILogger logger, int tenant, string install);

        [LoggerMessage(7331, LogLevel.Error, "what plugins had left could not be deleted; it is tried again", EventName = "LeftoverNotDeleted")]
        public static partial void NotDeleted(ILogger logger, Exception exception);
    }
}
