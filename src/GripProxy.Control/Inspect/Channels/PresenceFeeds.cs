using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Http;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>The feeds that other nodes read, one for each of their streams (CTL-11). Who does not ask any more is forgotten. Thread-safe.</summary>
internal sealed class PresenceFeeds(SubscriptionTable table, TimeProvider time) : IDisposable
{
    /// <summary>How long a question waits for changes.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    // Several times what lies between two questions.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PresenceFeed> _feeds = new(StringComparer.Ordinal);
    private ITimer? _timer;

    /// <summary>Answers a question that another node passed on.</summary>
    public async ValueTask<ControlAnswer> AnswerAsync(OwnRequest request, Func<string, bool> isWanted)
    {
        var feed = Find(request.Parameter("watch") ?? "", isWanted);
        var write = await feed.AnswerAsync(request.Parameter("seen") ?? "", request.Parameter("wait") == "1" ? MaxWait : TimeSpan.Zero);
        return JsonAnswer.Of(200, write);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private PresenceFeed Find(string watch, Func<string, bool> isWanted)
    {
        PresenceFeed? feed;
        lock (_gate)
        {
            if (_feeds.TryGetValue(watch, out feed))
                return feed;
            _feeds.Add(watch, feed = new PresenceFeed(isWanted, time));
            _timer ??= time.CreateTimer(static feeds => ((PresenceFeeds)feeds!).ForgetOld(), this, Lifetime, Lifetime);
        }

        // It hears what is in use, and then what happens.
        table.Observe(feed);
        return feed;
    }

    private void ForgetOld()
    {
        List<PresenceFeed> old = [];
        lock (_gate)
        {
            foreach (var (watch, feed) in _feeds.ToArray())
            {
                if (time.GetElapsedTime(feed.AskedAt) > Lifetime && _feeds.Remove(watch))
                    old.Add(feed);
            }
        }

        foreach (var feed in old)
            table.Unobserve(feed);
    }
}
