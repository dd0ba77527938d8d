using GripProxy.Channels.Traffic;
using GripProxy.Control.Metrics;
using GripProxy.Control.Stats;
using GripProxy.Testing;

namespace GripProxy.Control.Tests.Metrics;

/// <summary>STA-20.</summary>
public sealed class PushpinMetricsTests
{
    private readonly TrafficBook _book = new();

    public PushpinMetricsTests()
    {
        var connections = new LiveConnections(new ManualTime());
        connections.Begin(_book.Of(null), isWebSocket: false, identity: null);
        connections.End(connections.Begin(_book.Of("r"), isWebSocket: true, identity: null));
        _book.Of("r").Add(TrafficCount.Sent, 4);
    }

    [Fact]
    public void Write_WithPrefix_GivesTheFive() => Assert.Equal(
        """
        # HELP p_request_received Number of requests received
        # TYPE p_request_received counter
        p_request_received 2
        # HELP p_connection_connected Number of concurrent connections
        # TYPE p_connection_connected gauge
        p_connection_connected 2
        # HELP p_connection_minute Number of minutes clients have been connected
        # TYPE p_connection_minute counter
        p_connection_minute 2
        # HELP p_message_received Number of messages received by the publish API
        # TYPE p_message_received counter
        p_message_received 0
        # HELP p_message_sent Number of messages sent to clients
        # TYPE p_message_sent counter
        p_message_sent 4

        """,
        Text(new StatsOptions(), "p_"));

    [Fact]
    public void Write_WithoutReports_CountsOnlyRequests()
    {
        var text = Text(new StatsOptions { ReportInterval = TimeSpan.Zero }, "");
        Assert.Contains("\nrequest_received 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nconnection_minute 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmessage_sent 0\n", text, StringComparison.Ordinal);
    }

    private string Text(StatsOptions options, string prefix)
    {
        var text = new MetricText();
        new PushpinMetrics(_book, options).Write(text, prefix);
        return text.ToString();
    }
}
