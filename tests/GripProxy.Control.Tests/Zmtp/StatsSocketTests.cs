using System.Net.Sockets;
using System.Text;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class StatsSocketTests : IAsyncLifetime
{
    private readonly OpenDoors _doors = OpenDoors.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _doors.DisposeAsync().AsTask();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Publish_ByBeginning_ReachesWhoWantsIt(byte minor)
    {
        await using var peer = await ZmtpClient.OpenAsync(_doors["stats"], "SUB", minor);
        await SubscribeAsync(peer, "sub ", minor);
        Publish("conn Tx");
        Publish("sub Tx");
        Assert.Equal("sub Tx", await peer.TextAsync());
    }

    [Fact]
    public async Task Publish_Unsubscribed_ReachesNobody()
    {
        await using var peer = await ZmtpClient.OpenAsync(_doors["stats"], "SUB");
        await SubscribeAsync(peer, "a", 0);
        await SubscribeAsync(peer, "b", 0);
        await peer.SendAsync("\0a");
        await PingAsync(peer);
        Publish("a1");
        Publish("b1");
        Assert.Equal("b1", await peer.TextAsync());
    }

    [Fact]
    public async Task HasSubscribersTo_FollowsSubscriptions()
    {
        Assert.False(_doors.Stats.HasSubscribersTo("sub "u8));
        await using (var peer = await ZmtpClient.OpenAsync(_doors["stats"], "SUB"))
        {
            await PingAsync(peer);
            Assert.False(_doors.Stats.HasSubscribersTo("sub "u8));
            await SubscribeAsync(peer, "", 0);
            Assert.True(_doors.Stats.HasSubscribersTo("sub "u8));
        }

        await _doors.Log.WhenAsync("PeerGone").WaitAsync(RawClient.Patience);
        Assert.False(_doors.Stats.HasSubscribersTo("sub "u8));
    }

    [Fact]
    public async Task Publish_SubscriberDoesNotRead_LosesMessagesAndNobodyElseDoes()
    {
        using var metrics = new LostMessages(_doors.Meters);
        await using var slow = await ZmtpClient.OpenAsync(_doors["stats"], "SUB");
        await using var quick = await ZmtpClient.OpenAsync(_doors["stats"], "SUB");
        await SubscribeAsync(slow, "big", 0);
        await SubscribeAsync(quick, "small", 0);
        var big = new byte[1024 * 1024];
        "big"u8.CopyTo(big);
        // 64 MiB may wait, and the system buffers some.
        for (var i = 0; i < 200; i++)
            _doors.Stats.Publish(big);
        Publish("small");
        Assert.Equal("small", await quick.TextAsync());
        Assert.True(metrics.Count > 50, $"only {metrics.Count} messages were lost");
        Assert.Equal(big.Length, (await slow.FrameAsync()).Body.Length);
    }

    [Fact]
    public async Task Close_MessagesWait_AreWrittenFirst()
    {
        var peer = await ZmtpClient.OpenAsync(_doors["stats"], "SUB");
        await SubscribeAsync(peer, "", 0);
        for (var i = 0; i < 1000; i++)
            Publish($"{i}");
        await _doors.Doors.CloseAsync(CancellationToken.None);
        for (var i = 0; i < 1000; i++)
            Assert.Equal($"{i}", await peer.TextAsync());
        await peer.WhenClosedAsync();
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Subscribe_TooMuch_DropsThePeer()
    {
        await using var peer = await ZmtpClient.OpenAsync(_doors["stats"], "SUB");
        try
        {
            for (var i = 0; i <= 1000; i++)
                await peer.SendAsync($"\u0001{i}");
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            // It was dropped before all were sent.
        }

        await peer.WhenClosedAsync();
        await _doors.Log.WhenAsync("PeerDropped").WaitAsync(RawClient.Patience);
        Assert.Contains(_doors.Log.Lines, line => line.EndsWith("is dropped: it has too many subscriptions", StringComparison.Ordinal));
    }

    private void Publish(string message) => _doors.Stats.Publish(Encoding.UTF8.GetBytes(message));

    private static async Task SubscribeAsync(ZmtpClient peer, string topic, byte minor)
    {
        if (minor == 0)
            await peer.SendAsync("\u0001" + topic);
        else
            await peer.SendRawAsync(ZmtpClient.Frame(4, [9, .. "SUBSCRIBE"u8, .. Encoding.UTF8.GetBytes(topic)]));
        await PingAsync(peer);
    }

    /// <summary>Everything before the answer was taken.</summary>
    private static async Task PingAsync(ZmtpClient peer)
    {
        await peer.SendRawAsync(ZmtpClient.Frame(4, [4, .. "PING"u8, 0, 0, .. "here?"u8]));
        Assert.Equal("/\u0004PONGhere?", await peer.TextAsync());
    }
}
