using System.Threading.Channels;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Switches;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post;

/// <summary>
/// Works off one line of an install: wakes up when there is something, when something is due, or when the install has changed. What waits is in the queue; nothing
/// here needs to be kept. One loop owns the state of what derives from it.
/// </summary>
internal abstract partial class PostLoop : IAsyncDisposable
{
    // The store cannot be written, or the plugin is not there yet.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly CancellationToken _stopping;
    private Task _running = Task.CompletedTask;
    private long _restUntil;

    /// <summary>Does nothing yet.</summary>
    protected PostLoop(PostLineOf line, PostParts parts, ILogger logger, CancellationToken stopping)
    {
        Line = line;
        Parts = parts;
        Logger = logger;
        _stopping = stopping;
        _timer = parts.Time.CreateTimer(static self => ((PostLoop)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The line.</summary>
    protected PostLineOf Line { get; }

    /// <summary>What it works with.</summary>
    protected PostParts Parts { get; }

    /// <summary>True while what comes after the chain waits (plugins.md §13); jobs are no part of it.</summary>
    protected bool IsPaused => Line.Line != PostLine.Jobs && Parts.IsOn(SwitchName.PausePost);

    /// <summary>The log.</summary>
    protected ILogger Logger { get; }

    /// <summary>Begins, with what waits from before.</summary>
    public void Start()
    {
        _running = RunAsync();
        Wake();
    }

    /// <summary>There may be something to do.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Takes nothing more and waits for the loop; what is under way is not waited for.</summary>
    public Task StopAsync()
    {
        _wakes.Writer.TryComplete();
        return _running;
    }

    /// <summary>There may be work that was not stored here just now.</summary>
    public virtual void Look() => Wake();

    /// <summary>Completes when nothing is under way that was read before: some of it may be another node's from now on.</summary>
    public abstract Task LetGoAsync();

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _timer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what can be done now.</summary>
    protected abstract Task StepAsync(CallablePlugin plugin);

    /// <summary>Throws away what waits for a plugin that is gone.</summary>
    protected abstract Task BuryAllAsync();

    /// <summary>The plugin is off.</summary>
    protected virtual Task WhileOffAsync() => Task.CompletedTask;

    /// <summary>Wakes up at a time.</summary>
    protected void WakeAt(DateTimeOffset? time)
    {
        if (time is not { } due || due == DateTimeOffset.MaxValue)
            return;
        var wait = due - Parts.Time.GetUtcNow();
        // A timer takes 49 days; who wakes too early looks again.
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Nothing goes for the moment.</summary>
    protected void Pause()
    {
        Volatile.Write(ref _restUntil, (Parts.Time.GetUtcNow() + Rest).UtcTicks);
        Wake();
    }

    /// <summary>Moves work to the dead letters and says so.</summary>
    protected async Task<bool> BuryAsync(IReadOnlyList<PostWork> works, DeadLetterReason reason)
    {
        Log.Buried(Logger, Parts.Tenant.Name, works.Count, reason.Stage, Parts.LabelOf(reason.Install), reason.Error);
        return await Parts.Queue.BuryAsync(works, reason);
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _wakes.Reader.WaitToReadAsync(_stopping))
            {
                _wakes.Reader.TryRead(out _);
                await StepAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task StepAsync()
    {
        try
        {
            var rest = new DateTimeOffset(Volatile.Read(ref _restUntil), TimeSpan.Zero);
            if (rest > Parts.Time.GetUtcNow())
                WakeAt(rest);
            else if (Parts.Calls.Plugins.FirstOrDefault(plugin => plugin.Install.Number == Line.Install) is not { } plugin)
                await BuryAllAsync();
            else if (plugin.MayRun)
                await StepAsync(plugin);
            else
                await WhileOffAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.NotDone(Logger, e, Parts.Tenant.Name, Parts.LabelOf(Line.Install), Line.Line);
            Pause();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7402, LogLevel.Warning, "plugins of {Tenant}: {Count} of {Stage} of plugin {Install} become a dead letter: {Reason}", EventName = "PostBuried")]
        public static partial void Buried(ILogger logger, string tenant, int count, string stage, string install, string reason);

        [LoggerMessage(7403, LogLevel.Error, "plugins of {Tenant}: work of plugin {Install} ({Line}) was not done", EventName = "PostNotDone")]
        public static partial void NotDone(ILogger logger, Exception exception, string tenant, string install, PostLine line);
    }
}
