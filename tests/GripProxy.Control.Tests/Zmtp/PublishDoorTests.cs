using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class PublishDoorTests : IAsyncLifetime
{
    private readonly OpenDoors _doors = OpenDoors.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _doors.DisposeAsync().AsTask();

    [Theory]
    [InlineData("J{\"channel\":\"c\",\"formats\":{\"http-stream\":{\"content\":\"hi\"}}}")]
    [InlineData("48:7:channel,1:c,11:http-stream,15:7:content,2:hi,}}")]
    [InlineData("T48:7:channel,1:c,11:http-stream,15:7:content,2:hi,}}")]
    public async Task Pull_Item_IsDelivered(string message)
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["pull"], "PUSH");
        await peer.SendAsync(message);
        Assert.Equal("hi", await held.NextAsync());
    }

    [Theory]
    [InlineData("x", "Warning: IN pull: received message with invalid format (tnetstring parse failed), skipping")]
    [InlineData("J[]", "Warning: IN pull: received message with invalid format (not a valid json object), skipping")]
    [InlineData("J{}", "Warning: IN pull: received message with invalid format: publish item object does not contain 'channel', skipping")]
    public async Task Pull_BadMessage_IsSkippedAndTheNextIsTaken(string bad, string warning)
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["pull"], "PUSH");
        await peer.SendAsync(bad);
        await peer.SendAsync(Item("good"));
        Assert.Equal("good", await held.NextAsync());
        Assert.Contains(warning, _doors.Log.Lines);
    }

    [Fact]
    public async Task Pull_TwoParts_AreSkipped()
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["pull"], "PUSH");
        await peer.SendAsync(Item("bad"), Item("bad"));
        await peer.SendAsync(Item("good"));
        Assert.Equal("good", await held.NextAsync());
        Assert.Contains("Warning: IN pull: received message with parts != 1, skipping", _doors.Log.Lines);
    }

    [Fact]
    public async Task Pull_ManyPeers_EachKeepsItsOrder()
    {
        var held = Enumerable.Range(0, 5).Select(i => _doors.Hold($"c{i}")).ToList();
        var peers = await Task.WhenAll(held.Select(_ => ZmtpClient.OpenAsync(_doors["pull"], "PUSH")));
        await Task.WhenAll(peers.Select(async (peer, i) =>
        {
            for (var n = 0; n < 200; n++)
                await peer.SendAsync(Item($"{n}", $"c{i}"));
        }));
        foreach (var hold in held)
        {
            for (var n = 0; n < 200; n++)
                Assert.Equal($"{n}", await hold.NextAsync());
        }

        foreach (var peer in peers)
            await peer.DisposeAsync();
    }

    [Fact]
    public async Task Sub_ChannelComesIntoUseAndGoes_PeersOfBothVersionsAreTold()
    {
        _doors.Hold("early");
        await using var old = await ZmtpClient.OpenAsync(_doors["sub"], "PUB");
        await using var young = await ZmtpClient.OpenAsync(_doors["sub"], "XPUB", minor: 1);
        Assert.Equal("\u0001early", await old.TextAsync());
        Assert.Equal("/\u0009SUBSCRIBEearly", await young.TextAsync());
        var held = _doors.Hold("läte");
        Assert.Equal("\u0001läte", await old.TextAsync());
        Assert.Equal("/\u0009SUBSCRIBEläte", await young.TextAsync());
        _doors.Table.Leave(held.Subscription!); // Set by Hold.
        Assert.Equal("\0läte", await old.TextAsync());
        Assert.Equal("/\u0006CANCELläte", await young.TextAsync());
    }

    [Fact]
    public async Task Sub_TopicAndItem_GoToTheTopicsChannel()
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["sub"], "PUB");
        await peer.SendAsync("c", Item("hi", "another"));
        Assert.Equal("hi", await held.NextAsync());
    }

    [Fact]
    public async Task Sub_OnePart_IsSkipped()
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["sub"], "PUB");
        await peer.SendAsync("c");
        await peer.SendAsync("c", Item("good"));
        Assert.Equal("good", await held.NextAsync());
        Assert.Contains("Warning: IN sub: received message with parts != 2, skipping", _doors.Log.Lines);
    }

    private static string Item(string content, string channel = "c") =>
        $$$$"""J{"channel":"{{{{channel}}}}","formats":{"http-stream":{"content":"{{{{content}}}}"}}}""";
}
