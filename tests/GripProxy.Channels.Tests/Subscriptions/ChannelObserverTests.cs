using GripProxy.Channels.Subscriptions;

namespace GripProxy.Channels.Tests.Subscriptions;

public sealed class ChannelObserverTests : IDisposable
{
    private readonly ChannelsFixture _channels = new();
    private readonly RecordingObserver _observer = new();

    public ChannelObserverTests() => _channels.Table.Observe(_observer);

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Join_FirstOfAChannel_OpensItAndCounts()
    {
        Join(SubscriptionMode.Stream);
        Join(SubscriptionMode.Stream);
        Join(SubscriptionMode.Response);
        Assert.Equal(["opened", "Stream 1", "Stream 2", "Response 1"], _observer.Heard);
    }

    [Fact]
    public void Leave_LastStream_ClosesAtOnce()
    {
        _channels.Table.Leave(Join(SubscriptionMode.Stream));
        Assert.Equal(["opened", "Stream 1", "Stream 0", "closed"], _observer.Heard);
    }

    [Fact]
    public void Leave_LastPoll_ClosesAfterTheLinger()
    {
        _channels.Table.Leave(Join(SubscriptionMode.Response));
        Assert.Equal(["opened", "Response 1", "Response 0 lingers"], _observer.Heard);
        _channels.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(["Response 0", "closed"], _observer.Heard[3..]);
    }

    [Fact]
    public void Leave_LastPollWhileAStreamStays_EndsTheLingerWithoutClosing()
    {
        Join(SubscriptionMode.Stream);
        _channels.Table.Leave(Join(SubscriptionMode.Response));
        _channels.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(["opened", "Stream 1", "Response 1", "Response 0 lingers", "Response 0"], _observer.Heard);
    }

    [Fact]
    public void Join_AnotherPollWithinTheLinger_StaysOpen()
    {
        _channels.Table.Leave(Join(SubscriptionMode.Response));
        Join(SubscriptionMode.Response);
        _channels.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(["opened", "Response 1", "Response 0 lingers", "Response 1"], _observer.Heard);
    }

    [Fact]
    public void Observe_ChannelsAreInUse_IsToldOfThemFirst()
    {
        Join(SubscriptionMode.Stream);
        _channels.Table.Leave(Join(SubscriptionMode.Response));
        var late = new RecordingObserver();
        _channels.Table.Observe(late);
        Assert.Equal(["opened", "Response 0 lingers", "Stream 1"], late.Heard);
    }

    private Subscription Join(SubscriptionMode mode) => _channels.Table.Join(new RecordingOutbound(), "c", mode, prevId: null);

    private sealed class RecordingObserver : IChannelObserver
    {
        public List<string> Heard { get; } = [];

        public void Opened(string channel) => Heard.Add("opened");

        public void Changed(string channel, SubscriptionMode mode, int subscribers, bool lingers) =>
            Heard.Add($"{mode} {subscribers}{(lingers ? " lingers" : "")}");

        public void Closed(string channel) => Heard.Add("closed");
    }
}
