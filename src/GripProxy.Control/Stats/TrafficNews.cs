using GripProxy.Channels.Traffic;

namespace GripProxy.Control.Stats;

/// <summary>Makes the messages about what passed: signs of life, requests, reports (STA-03, STA-07, STA-08). Owned by the stats stream's timer.</summary>
internal sealed class TrafficNews
{
    private readonly Dictionary<string, RouteReport> _reports = new(StringComparer.Ordinal);
    private readonly TrafficBook _book;
    private readonly StatsFeed _feed;
    private readonly StatsMessages _messages;
    private readonly TimeProvider _time;
    private long _reportedAt;
    private long _received;
    private long _blocksReceived;
    private bool _isHeard;

    /// <summary>Reports on what passes from now on.</summary>
    public TrafficNews(TrafficBook book, StatsFeed feed, StatsMessages messages, TimeProvider time)
    {
        _book = book;
        _feed = feed;
        _messages = messages;
        _time = time;
        _reportedAt = time.GetTimestamp();
    }

    /// <summary>Sends signs of life and requests since the last time. Somebody who has just begun to listen is not told what was before.</summary>
    public void SendActivity()
    {
        _book.CountsBytes = _feed.IsHeard(StatsKind.Report);
        var wasHeard = _isHeard;
        _isHeard = _feed.IsHeard(StatsKind.Activity) || _feed.IsHeard(StatsKind.Counts);
        if (!_isHeard)
            return;
        long requests = 0;
        foreach (var report in Reports())
        {
            requests += report.Take(TrafficCount.Requests);
            if (report.Take(TrafficCount.Activity) is > 0 and var count && wasHeard)
                _feed.Send(_messages.Activity(report.Id, count));
        }

        if (requests > 0 && wasHeard)
            _feed.Send(_messages.Counts(requests));
    }

    /// <summary>Sends what passed since the last time, of each route that had something; of others once that they have nothing any more.</summary>
    public void SendReports()
    {
        var duration = (long)_time.GetElapsedTime(_reportedAt).TotalMilliseconds;
        _reportedAt = _time.GetTimestamp();
        foreach (var report in Reports())
        {
            var fields = report.TakeAll(out var hasSomething);
            hasSomething |= AddReceived(report, fields);
            if (hasSomething || report.IsOpen)
                _feed.Send(_messages.Report(report.Id, [.. fields, new("duration", duration)]));
            report.IsOpen = hasSomething;
        }
    }

    /// <summary>Items belong to no route: they stand in the report of those without id.</summary>
    private bool AddReceived(RouteReport report, List<StatsField> fields)
    {
        if (report.Id.Length > 0)
        {
            fields.Add(new("received", 0));
            return false;
        }

        var (received, blocks) = (_book.Received, _book.BlocksReceived);
        fields.Add(new("received", received - _received));
        if (blocks > _blocksReceived)
            fields.Add(new("blocks-received", blocks - _blocksReceived));
        var hasSomething = received > _received;
        (_received, _blocksReceived) = (received, blocks);
        return hasSomething;
    }

    private IEnumerable<RouteReport> Reports()
    {
        foreach (var route in _book.Routes)
        {
            if (!_reports.TryGetValue(route.Id, out var report))
                _reports.Add(route.Id, report = new RouteReport(route));
            yield return report;
        }
    }
}
