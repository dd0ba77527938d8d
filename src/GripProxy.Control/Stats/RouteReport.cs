using GripProxy.Channels.Traffic;

namespace GripProxy.Control.Stats;

/// <summary>What was already reported of a route, so that only the rest is (STA-03, STA-08). Owned by the stats stream's timer.</summary>
internal sealed class RouteReport(RouteTraffic route)
{
    private static readonly (TrafficCount Count, string Name)[] Numbers =
    [
        (TrafficCount.Minutes, "minutes"),
        (TrafficCount.Sent, "sent"),
        (TrafficCount.HttpResponseSent, "http-response-sent"),
        (TrafficCount.ClientHeaderBytesReceived, "client-header-bytes-received"),
        (TrafficCount.ClientHeaderBytesSent, "client-header-bytes-sent"),
        (TrafficCount.ClientContentBytesReceived, "client-content-bytes-received"),
        (TrafficCount.ClientContentBytesSent, "client-content-bytes-sent"),
        (TrafficCount.ClientMessagesReceived, "client-messages-received"),
        (TrafficCount.ClientMessagesSent, "client-messages-sent"),
        (TrafficCount.ServerHeaderBytesReceived, "server-header-bytes-received"),
        (TrafficCount.ServerHeaderBytesSent, "server-header-bytes-sent"),
        (TrafficCount.ServerContentBytesReceived, "server-content-bytes-received"),
        (TrafficCount.ServerContentBytesSent, "server-content-bytes-sent"),
        (TrafficCount.ServerMessagesReceived, "server-messages-received"),
        (TrafficCount.ServerMessagesSent, "server-messages-sent"),
    ];

    private readonly long[] _taken = new long[Enum.GetValues<TrafficCount>().Length];

    /// <summary>The route id, or empty.</summary>
    public string Id => route.Id;

    /// <summary>True if the last report had something in it; then one with nothing follows.</summary>
    public bool IsOpen { get; set; }

    /// <summary>What a count has grown since it was taken last.</summary>
    public long Take(TrafficCount count)
    {
        var total = route.Total(count);
        var grown = total - _taken[(int)count];
        _taken[(int)count] = total;
        return grown;
    }

    /// <summary>The numbers of the report, taken.</summary>
    /// <param name="hasSomething">False: all are 0.</param>
    public List<StatsField> TakeAll(out bool hasSomething)
    {
        var fields = new List<StatsField>(Numbers.Length + 5) { new("connections", route.TakePeak()) };
        foreach (var (count, name) in Numbers)
            fields.Add(new(name, Take(count)));
        if (Take(TrafficCount.BlocksSent) is > 0 and var blocks)
            fields.Add(new("blocks-sent", blocks));
        hasSomething = fields.Exists(static field => field.Number != 0);
        return fields;
    }
}
