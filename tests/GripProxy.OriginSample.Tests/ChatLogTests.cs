using GripProxy.Testing;

namespace GripProxy.OriginSample.Tests;

public sealed class ChatLogTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void After_FullLog_ForgetsTheOldestAndTellsTheGap()
    {
        var log = new ChatLog(_time);
        var (first, _) = log.Append("alice", "first");
        for (var i = 0; i < ChatLog.Capacity; i++)
            log.Append("alice", "more");

        Assert.Equal(ChatLog.Capacity, log.All().Messages.Count);
        Assert.False(log.After(long.Parse(first.Id)).Gap);
        Assert.Equal(ChatLog.Capacity, log.After(long.Parse(first.Id)).Messages.Count);
        Assert.True(log.After(long.Parse(first.Id) - 1).Gap);
    }

    [Fact]
    public void Append_AfterARestart_GoesOnWithGreaterIds()
    {
        var (before, _) = new ChatLog(_time).Append("alice", "one");
        _time.Advance(TimeSpan.FromSeconds(1));

        var (after, _) = new ChatLog(_time).Append("alice", "two");

        Assert.True(long.Parse(after.Id) > long.Parse(before.Id));
    }
}
