using GripProxy.Channels.Logs;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Logs;

public sealed class MemoryChannelLogTests : ChannelLogContract, IDisposable
{
    private readonly ManualTime _time = new();
    private readonly MemoryChannelLog _log;

    public MemoryChannelLogTests() => _log = new MemoryChannelLog(Options, _time);

    protected override IChannelLog Log => _log;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Sweep_QuietChannel_LetsItsItemsGo()
    {
        await AppendAsync(ChannelsFixture.StreamItem("1", channel: "short"));
        Assert.Equal(2, _log.Bytes);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, _log.Bytes);
    }

    [Fact]
    public void Publish_LoggedChannel_ReceiptAndItemSayThePosition()
    {
        using var channels = new ChannelsFixture(Options);
        var hold = new RecordingOutbound();
        channels.Table.Join(hold, "news", SubscriptionMode.Stream, prevId: null);
        var receipt = Assert.Single(channels.Pipeline.PublishWithReceipts([ChannelsFixture.StreamItem("1", channel: "news")]));
        Assert.Equal(1, receipt.Position!.Value.Offset);
        Assert.Equal(receipt.Position, Assert.Single(hold.Items).Position);
    }

    [Fact]
    public void Publish_ChannelThatKeepsOnlyTheLatest_SaysNoPosition()
    {
        using var channels = new ChannelsFixture(Options);
        Assert.Null(Assert.Single(channels.Pipeline.PublishWithReceipts([ChannelsFixture.StreamItem("1", channel: "latest")])).Position);
    }

    [Fact]
    public void Publish_NobodyThere_IsLoggedAll()
    {
        using var channels = new ChannelsFixture(Options);
        channels.Publish("1", channel: "news");
        channels.Publish("2", channel: "news");
        Assert.Equal(2, channels.Log.Bytes / 2);
    }

    protected override Task<Position?> AppendAsync(Item item, bool isDuplicate = false) =>
        Task.FromResult(_log.Append(item, Options.Rules.First(rule => ChannelPattern.Matches(rule.Pattern, item.Channel))).Position);

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
