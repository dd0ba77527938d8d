using System.Diagnostics;
using GripProxy.Dashboard.Http;
using GripProxy.Protocol.Items;

namespace GripProxy.Dashboard.Live;

/// <summary>Publishes the numbers of this process once a second to those who look; without them it does nothing. Owned by the server.</summary>
internal sealed class LiveFeed : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly DashboardParts _parts;
    private readonly ITimer _timer;

    /// <summary>Begins.</summary>
    public LiveFeed(DashboardParts parts)
    {
        _parts = parts;
        _timer = parts.Time.CreateTimer(static feed => ((LiveFeed)feed!).Tell(), this, Interval, Interval); // It is given here.
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        var channel = _parts.Tickets.Channel;
        if (_parts.Table.CountSubscribers(channel) == 0)
            return;
        var content = JsonReply.Bytes(json =>
        {
            json.WriteNumber("at", _parts.Time.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteString("node", _parts.Node);
            json.WriteStartObject("process");
            json.WriteNumber("memory", Environment.WorkingSet);
            json.WriteNumber("heap", GC.GetTotalMemory(forceFullCollection: false));
            json.WriteNumber("cpu", Environment.CpuUsage.TotalTime.TotalSeconds);
            json.WriteNumber("threads", ThreadPool.ThreadCount);
            json.WriteNumber("started", new DateTimeOffset(Process.GetCurrentProcess().StartTime.ToUniversalTime()).ToUnixTimeMilliseconds());
            json.WriteEndObject();
            json.WriteStartObject("metrics");
            _parts.WriteMetrics(json);
            json.WriteEndObject();
        });
        _parts.Publish.Publish([new Item { Channel = channel, WebSocketMessage = new WebSocketMessageFormat { Type = WebSocketMessageType.Text, Content = content } }]);
    }
}
