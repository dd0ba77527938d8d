using System.Text;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;
using GripProxy.Holds.Tests.Resuming;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Messages;

public sealed class MessageConnectionTests : IDisposable
{
    private readonly LoggedHolds _holds = new();
    private readonly TestMessageClient _client = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task SIG01_Item_OfAnyFormat_ReachesTheClient()
    {
        using var connection = Open();
        Assert.Equal(SubscribeRefusal.None, await connection.SubscribeAsync("c", position: null));
        Publish(new Item { Channel = "c", Id = "1", WebSocketMessage = new WebSocketMessageFormat { Content = "w"u8.ToArray() }, HttpStream = new HttpStreamFormat { Content = "s"u8.ToArray() } });
        Publish(new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = "s"u8.ToArray() }, HttpResponse = new HttpResponseFormat { Body = "r"u8.ToArray() } });
        Publish(new Item { Channel = "c", HttpStream = new HttpStreamFormat { Action = ItemAction.Hint } });
        Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat { Body = "r"u8.ToArray() } });
        Publish(new Item { Channel = "c", WebSocketMessage = new WebSocketMessageFormat { Type = WebSocketMessageType.Binary, Content = "b"u8.ToArray() } });
        Assert.Equal(["outcome c null ", "item c 1  text w", "item c   stream s", "item c   response r", "item c   binary b"], await _client.NextAsync(5));
    }

    [Fact]
    public async Task SIG01_Item_ForManyClients_IsEncodedOnce()
    {
        var framing = new TestMessageClient.Lines();
        var clients = Enumerable.Range(0, 5).Select(_ => new TestMessageClient { Framing = framing }).ToList();
        var connections = clients.ConvertAll(client => _holds.Fixture.Keeper.HoldMessages(Request(), client));
        foreach (var connection in connections)
            await connection.SubscribeAsync("c", position: null);
        PublishText("one");
        foreach (var client in clients)
            Assert.Equal(["outcome c null ", "item c   text one"], await client.NextAsync(2));
        Assert.Equal(1, framing.Made);
        connections.ForEach(connection => connection.Dispose());
        Assert.Equal(0, _holds.Fixture.Keeper.Count);
        Assert.Equal(0, _holds.Fixture.Table.ChannelCount);
    }

    [Fact]
    public async Task SIG01_Close_EndsTheConnection()
    {
        using var connection = Open();
        await connection.SubscribeAsync("c", position: null);
        PublishText("last");
        Publish(new Item { Channel = "c", WebSocketMessage = new WebSocketMessageFormat { Action = ItemAction.Close } });
        Assert.Equal(["outcome c null ", "item c   text last", "close published "], await _client.NextAsync(3));
        Assert.Equal(CloseReason.Published, await connection.Ended);
    }

    [Fact]
    public async Task LOG09_Position_GoesOnAfterItOrSaysWhyNot()
    {
        _holds.PublishMany(1, 3);
        var good = await _holds.AtAsync(1);
        using var connection = Open();
        await connection.SubscribeAsync("log", good.ToString());
        _holds.Publish("4", prevId: "3");
        Assert.Equal(["outcome log resumed 1", "item log 2 2 text 2", "item log 3 3 text 3", "item log 4 4 text 4"], await _client.NextAsync(4));

        foreach (var (position, outcome) in new[] { ("rubbish", "unknown"), ("abcdefghijkl-2", "epoch"), ((good with { Offset = 9 }).ToString(), "ahead") })
        {
            await connection.SubscribeAsync("log", position);
            Assert.Equal($"outcome log {outcome} 4", await _client.NextAsync());
        }

        await connection.SubscribeAsync("c", good.ToString());
        Assert.Equal("outcome c no-log ", await _client.NextAsync());
        _holds.Publish("5", prevId: "4");
        Assert.Equal("item log 5 5 text 5", await _client.NextAsync());
        Assert.Equal(1, _holds.Fixture.Metrics["gripproxy.resumes transport=signalr outcome=resumed"]);
        Assert.Equal(1, _holds.Fixture.Metrics["gripproxy.resumes transport=signalr outcome=epoch"]);
    }

    [Fact]
    public async Task LOG10_Latest_ComesAfterTheOutcome()
    {
        _holds.Publish("1", "latest");
        _holds.Publish("1", "loglatest");
        _holds.Publish("2", "loglatest");
        using var connection = Open();
        await connection.SubscribeAsync("latest", position: null);
        Assert.Equal(["outcome latest null ", "item latest 1  text 1"], await _client.NextAsync(2));
        await connection.SubscribeAsync("loglatest", position: null);
        Assert.Equal(["outcome loglatest null 2", "item loglatest 2 2 text 2"], await _client.NextAsync(2));
    }

    [Fact]
    public async Task SIG01_LogAway_ItemsComeAllTheSame()
    {
        _holds.PublishMany(1, 2);
        var good = await _holds.AtAsync(1);
        _holds.Fixture.Reading.IsAway = true;
        using var connection = Open();
        await connection.SubscribeAsync("log", good.ToString());
        Assert.Equal("outcome log unavailable ", await _client.NextAsync());
        _holds.Publish("3", prevId: "2");
        Assert.Equal("item log 3 3 text 3", await _client.NextAsync());
    }

    [Fact]
    public async Task SIG02_Controls_GiveTakeAndDecide()
    {
        using var connection = Open(Request() with { ChannelPrefix = "p-", ImplicitChannels = ["all"] });
        await connection.BeginAsync();
        Assert.Equal("outcome all null ", await _client.NextAsync());
        ReadOnlyMemory<byte>[] answer =
        [
            Encoding.UTF8.GetBytes("""{"type":"set-meta","name":"user","value":"ann"}"""),
            "rubbish"u8.ToArray(),
            Encoding.UTF8.GetBytes("""{"type":"subscribe","channel":"a","filters":["require-sub"]}"""),
            Encoding.UTF8.GetBytes("""{"type":"subscribe","channel":"b"}"""),
        ];
        Assert.Equal(SubscribeRefusal.None, await connection.ApplyAsync(answer, "b", position: null));
        Assert.Equal(["outcome a null ", "outcome b null "], await _client.NextAsync(2));
        Assert.Equal(SubscribeRefusal.NotAllowed, await connection.ApplyAsync(answer[..2], "c", position: null));
        Assert.Equal(SubscribeRefusal.BadChannel, await connection.SubscribeAsync("", position: null));

        Publish(new Item { Channel = "p-a", Meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["require_sub"] = "x" }, HttpStream = new HttpStreamFormat { Content = "no"u8.ToArray() } });
        PublishText("yes", "p-a");
        await connection.ApplyAsync([Encoding.UTF8.GetBytes("""{"type":"unsubscribe","channel":"b"}""")], asked: null, position: null);
        connection.Unsubscribe("all");
        PublishText("gone", "p-b");
        PublishText("stays", "all");
        Assert.Equal(["item a   text yes", "item all   text stays"], await _client.NextAsync(2));
        var held = _holds.Fixture.Keeper.Find("1")!;
        Assert.Equal(["all", "p-a"], held.ChannelNames);
        Assert.Equal("ann", held.Meta["user"]);
    }

    [Fact]
    public async Task SIG01_SubscribeAgain_Replaces()
    {
        using var connection = Open();
        await connection.ApplyAsync([Encoding.UTF8.GetBytes("""{"type":"subscribe","channel":"c","filters":["require-sub"]}""")], "c", position: null);
        await connection.SubscribeAsync("c", position: null);
        Publish(new Item { Channel = "c", Meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["require_sub"] = "x" }, HttpStream = new HttpStreamFormat { Content = "yes"u8.ToArray() } });
        Assert.Equal(["outcome c null ", "outcome c null ", "item c   stream yes"], await _client.NextAsync(3));
        Assert.Equal(1, _holds.Fixture.Table.ChannelCount);
    }

    [Fact]
    public async Task SIG01_TooManyChannels_AreRefused()
    {
        using var connection = Open();
        for (var i = 0; i < 20; i++)
            Assert.Equal(SubscribeRefusal.None, await connection.SubscribeAsync($"c{i}", position: null));
        Assert.Equal(SubscribeRefusal.TooMany, await connection.SubscribeAsync("more", position: null));
        Assert.False(connection.HasRoomFor("more"));
        Assert.True(connection.HasRoomFor("c3"));
    }

    [Fact]
    public async Task SIG01_SlowClient_IsToldAndDisconnected()
    {
        using var holds = new LoggedHolds(queueBytes: 100);
        var reads = new TaskCompletionSource();
        using var connection = holds.Fixture.Keeper.HoldMessages(Request(), _client);
        await connection.SubscribeAsync("log", position: null);
        Assert.Equal("outcome log null 0", await _client.NextAsync());
        _client.Reads = reads.Task;
        for (var i = 1; i <= 10; i++)
            holds.Publish($"{i}");
        reads.SetResult();
        var lines = new List<string>();
        while (!lines.Exists(line => line.StartsWith("close", StringComparison.Ordinal)))
            lines.Add(await _client.NextAsync());
        Assert.Equal(["outcome log overflow ", "close overflow overflow"], lines[^2..]);
        Assert.Equal(CloseReason.Overflow, await connection.Ended);
    }

    [Fact]
    public async Task SIG01_ClientThatNeverReads_IsCutInTime()
    {
        using var connection = Open();
        await connection.SubscribeAsync("c", position: null);
        Assert.Equal("outcome c null ", await _client.NextAsync());
        _client.Reads = new TaskCompletionSource().Task;
        PublishText("stuck");
        connection.End(CloseReason.TokenExpired);
        Assert.False(connection.Ended.IsCompleted);
        _holds.Fixture.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(CloseReason.TokenExpired, await connection.Ended.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task SIG01_SlowClientOfALog_WhereItemsMayBeDropped_ReadsThemLater()
    {
        using var holds = new LoggedHolds(overflow: OverflowPolicy.DropNewest, queueBytes: 100);
        var reads = new TaskCompletionSource();
        using var connection = holds.Fixture.Keeper.HoldMessages(Request(), _client);
        await connection.SubscribeAsync("log", position: null);
        Assert.Equal("outcome log null 0", await _client.NextAsync());
        _client.Reads = reads.Task;
        for (var i = 1; i <= 30; i++)
            holds.Publish($"{i}");
        reads.SetResult();
        Assert.Equal(Enumerable.Range(1, 30).Select(i => $"item log {i} {i} text {i}"), await _client.NextAsync(30));
    }

    private static HoldRequest Request() => new() { ConnectionId = "1", Url = "http://h/hub" };

    private MessageConnection Open(HoldRequest? request = null) => _holds.Fixture.Keeper.HoldMessages(request ?? Request(), _client);

    private void PublishText(string text, string channel = "c") =>
        Publish(new Item { Channel = channel, WebSocketMessage = new WebSocketMessageFormat { Content = Encoding.UTF8.GetBytes(text) } });

    private void Publish(Item item) => _holds.Fixture.Pipeline.Publish([item]);
}
