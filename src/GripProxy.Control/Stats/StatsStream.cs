using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;

namespace GripProxy.Control.Stats;

/// <summary>
/// The stats stream (STA-01 to STA-08): hears what happens and has one timer for all that is sent later. Owned by the host, which starts it once.
/// While nobody listens, counting is all it costs.
/// </summary>
public sealed class StatsStream : IDisposable
{
    // STA-03, STA-07.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ChangesInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _ticking = new();
    private readonly TrafficBook _book;
    private readonly LiveConnections _connections;
    private readonly SubscriptionTable _table;
    private readonly StatsFeed _feed;
    private readonly TrafficNews _traffic;
    private readonly SubscriptionNews _subscriptions;
    private readonly ConnectionNews _connectionNews;
    private readonly DeliveryNews _deliveries;
    private readonly Rounds _connectionRounds;
    private readonly Rounds _subscriptionRounds;
    private readonly Rounds _changes;
    private readonly Rounds? _reports;
    private readonly ITimer _timer;
    private bool _hasLearned;

    internal StatsStream(StatsSources sources, StatsFeed feed, StatsOptions options, TimeProvider time)
    {
        var messages = new StatsMessages(options);
        _book = sources.Traffic;
        _connections = sources.Connections;
        _table = sources.Subscriptions;
        _feed = feed;
        _traffic = new TrafficNews(_book, feed, messages, time);
        _subscriptions = new SubscriptionNews(feed, messages);
        _connectionNews = new ConnectionNews(feed, messages, options);
        _deliveries = new DeliveryNews(feed, messages);
        _connectionRounds = new Rounds(LiveConnections.GroupCount, RoundOf(options.ConnectionTtl), time);
        _subscriptionRounds = new Rounds(SubscriptionNews.GroupCount, RoundOf(options.SubscriptionTtl), time);
        _changes = new Rounds(1, ChangesInterval, time);
        _reports = options.ReportInterval > TimeSpan.Zero ? new Rounds(1, options.ReportInterval, time) : null;
        _timer = time.CreateTimer(static stream => ((StatsStream)stream!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hears of everything from now on, and sends.</summary>
    public void Start()
    {
        _connections.ListenWith(_connectionNews);
        _book.ListenWith(_deliveries);
        _timer.Change(Tick, Tick);
    }

    /// <summary>Nothing is sent later any more.</summary>
    public void Dispose() => _timer.Dispose();

    // What is sent again comes before three quarters of its time to live are over.
    private static TimeSpan RoundOf(int ttl) => (TimeSpan.FromSeconds(ttl) * 0.75) - Tick;

    private void Run()
    {
        // A round that takes long delays the next one instead of being overtaken by it.
        if (!_ticking.TryEnter())
            return;
        try
        {
            _traffic.SendActivity();
            SendSubscriptions();
            foreach (var group in _connectionRounds.TakeDue())
                _connections.Visit(group);
            if (_reports?.TakeDue().Any() == true)
                _traffic.SendReports();
        }
        finally
        {
            _ticking.Exit();
        }
    }

    private void SendSubscriptions()
    {
        var isHeard = _feed.IsHeard(StatsKind.Sub);
        if (isHeard && !_hasLearned)
        {
            _hasLearned = true;
            _subscriptions.Learn(_table);
        }

        if (_changes.TakeDue().Any())
            _subscriptions.SendChanged();
        foreach (var group in _subscriptionRounds.TakeDue())
        {
            if (isHeard)
                _subscriptions.Refresh(group);
        }
    }
}
