namespace GripProxy.Channels.Traffic;

/// <summary>
/// What the clients of one route id do, in numbers that only grow (STA-08), and how many there are. Thread-safe: an addition costs one atomic
/// operation on a line of its processor.
/// </summary>
public sealed class RouteTraffic
{
    private static readonly int Counts = Enum.GetValues<TrafficCount>().Length;

    private readonly StripedCounts _counts = new(Counts);
    private readonly TrafficBook _book;
    private int _connections;
    private int _peak;

    internal RouteTraffic(TrafficBook book, string id, string label)
    {
        _book = book;
        Id = id;
        Label = label;
    }

    /// <summary>The explicit route id; empty for all routes without one.</summary>
    public string Id { get; }

    /// <summary>The id as a metric's label, of which there is a bounded number (STA-30).</summary>
    public string Label { get; }

    /// <summary>Connections at this moment.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The most connections at a time since <see cref="TakePeak"/>.</summary>
    public int Peak => Volatile.Read(ref _peak);

    /// <inheritdoc cref="TrafficBook.CountsBytes"/>
    public bool CountsBytes => _book.CountsBytes;

    /// <summary>Adds to a count.</summary>
    public void Add(TrafficCount count, long number = 1) => _counts.Add((int)count, number);

    /// <summary>A count since the start of the process.</summary>
    public long Total(TrafficCount count) => _counts.Total((int)count);

    /// <summary>The most connections at a time since it was taken last; from now on those of this moment.</summary>
    public int TakePeak() => Interlocked.Exchange(ref _peak, Connections);

    internal void Enter()
    {
        var connections = Interlocked.Increment(ref _connections);
        var peak = Peak;
        while (connections > peak)
        {
            var seen = Interlocked.CompareExchange(ref _peak, connections, peak);
            if (seen == peak)
                return;
            peak = seen;
        }
    }

    internal void Leave() => Interlocked.Decrement(ref _connections);
}
