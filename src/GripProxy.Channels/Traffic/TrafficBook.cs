using System.Collections.Concurrent;

namespace GripProxy.Channels.Traffic;

/// <summary>What passes through this process, by route id, for stats and metrics (STA-03 to STA-08, STA-20). Thread-safe.</summary>
public sealed class TrafficBook
{
    // STA-30: labels never grow without bound, whatever routes are loaded in the course of time.
    private const int MaxLabels = 200;
    private const string OtherLabel = "other";

    private readonly ConcurrentDictionary<string, RouteTraffic> _routes = new(StringComparer.Ordinal);
    private readonly StripedCounts _published = new(2);
    private readonly RouteTraffic _unnamed;
    private int _labels;
    private volatile IDeliveryListener? _listener;
    private volatile bool _countsBytes;

    /// <summary>Makes an empty book.</summary>
    public TrafficBook()
    {
        _unnamed = new RouteTraffic(this, "", "");
        _routes.TryAdd("", _unnamed);
    }

    /// <summary>Everything that was counted under, in no order.</summary>
    public ICollection<RouteTraffic> Routes => _routes.Values;

    /// <summary>Items since the start, without duplicates, through all doors.</summary>
    public long Received => _published.Total(0);

    /// <summary>Blocks of these items (PUB-33), of the largest form of each.</summary>
    public long BlocksReceived => _published.Total(1);

    /// <summary>
    /// True while somebody wants to know of bytes. They are counted only then: going through the headers of every request would cost more than
    /// all other counts together.
    /// </summary>
    public bool CountsBytes
    {
        get => _countsBytes;
        set => _countsBytes = value;
    }

    /// <summary>For the one part that makes stats of deliveries, when it starts.</summary>
    public void ListenWith(IDeliveryListener listener) => _listener = listener;

    /// <summary>Where the clients of a route are counted.</summary>
    /// <param name="routeId">Its explicit id, or null.</param>
    public RouteTraffic Of(string? routeId)
    {
        if (string.IsNullOrEmpty(routeId))
            return _unnamed;
        return _routes.TryGetValue(routeId, out var known)
            ? known
            : _routes.GetOrAdd(routeId, static (id, book) => new RouteTraffic(book, id, book.NextLabel(id)), this);
    }

    /// <summary>A total over all routes.</summary>
    public long Total(TrafficCount count)
    {
        // Not through Values, which makes a copy.
        var total = 0L;
        foreach (var (_, route) in _routes)
            total += route.Total(count);
        return total;
    }

    internal IDeliveryListener? Listener => _listener;

    internal void Published(int blocks)
    {
        _published.Add(0, 1);
        if (blocks > 0)
            _published.Add(1, blocks);
    }

    // Two that come at the same moment for one id may use up two labels.
    private string NextLabel(string id) => Interlocked.Increment(ref _labels) <= MaxLabels ? id : OtherLabel;
}
