using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Queue;

namespace GripProxy.Plugins.Redis.Tests.Queue;

/// <summary>What is known of events, as it stands in Redis, where nodes of several versions read it.</summary>
public sealed class WorkTextTests
{
    private static readonly QueuedEvent s_event = new() { Tenant = 1, Key = "anna", Received = DateTimeOffset.FromUnixTimeMilliseconds(1000), Depth = 2, CapturedBy = 7, Body = "{}"u8.ToArray() };

    [Theory]
    [InlineData("", "1000 0 0 2 7")]
    [InlineData("node a#1f", "1000 0 0 2 7 node a#1f")]
    public void PLG44_Event_SaysWhereItsSenderWaits_IfOneDoes(string sender, string expected)
    {
        string text = WorkText.Of(s_event with { Sender = sender });

        Assert.Equal(expected, text);
        QueuedEvent read = WorkText.Event(1, text, "", "anna", s_event.Body);
        Assert.Equal((sender, 2, 7, s_event.Received), (read.Sender, read.Depth, read.CapturedBy, read.Received));
    }
}
