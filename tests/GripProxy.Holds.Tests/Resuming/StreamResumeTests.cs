using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Resuming;
using GripProxy.Holds.Tests.Links;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using static GripProxy.Holds.Tests.Resuming.LoggedHolds;

namespace GripProxy.Holds.Tests.Resuming;

public sealed class StreamResumeTests : IDisposable
{
    private LoggedHolds _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task Events_FirstConnect_SayWhereTheClientStandsAndThenEachItem()
    {
        _holds.PublishMany(1, 3);
        var newest = await _holds.NewestAsync();
        var stream = _holds.Hold(Events(null, Channel("log")));
        Assert.Equal($"event: channel-open\nid: {newest}\ndata: {{\"resumed\":null}}", await stream.NextAsync());
        _holds.PublishMany(4, 5);
        Assert.Equal([$"id: {newest.Epoch}-4\ndata: 4", $"id: {newest.Epoch}-5\ndata: 5"], await stream.NextAsync(2));
    }

    [Fact]
    public async Task Events_LastEventId_GoOnAfterIt()
    {
        _holds.PublishMany(1, 5);
        var at = await _holds.AtAsync(3);
        var request = Events(at.ToString(), Channel("log"));
        Assert.Equal("true", (await _holds.Fixture.Keeper.PlanAsync(request)).HeaderValue);
        var stream = _holds.Hold(request);
        Assert.Equal($"event: channel-open\nid: {at}\ndata: {{\"resumed\":true}}", await stream.NextAsync());
        Assert.Equal([$"id: {at.Epoch}-4\ndata: 4", $"id: {at.Epoch}-5\ndata: 5"], await stream.NextAsync(2));
        _holds.Publish("6");
        Assert.Equal($"id: {at.Epoch}-6\ndata: 6", await stream.NextAsync());
    }

    [Theory]
    [InlineData("abcdefghijkl-1", "epoch")]
    [InlineData("@-1", "expired")]
    [InlineData("@-99", "ahead")]
    [InlineData("17", "unknown")]
    public async Task Events_PositionThatIsNotGood_BeginNowAndSayWhy(string lastEventId, string reason)
    {
        Use(new LoggedHolds(logItems: 2));
        _holds.PublishMany(1, 5);
        var newest = await _holds.NewestAsync();
        var request = Events(lastEventId.Replace("@", newest.Epoch, StringComparison.Ordinal), Channel("log"));
        Assert.Equal($"false; reason={reason}", (await _holds.Fixture.Keeper.PlanAsync(request)).HeaderValue);
        var stream = _holds.Hold(request);
        Assert.Equal($"event: channel-open\nid: {newest}\ndata: {{\"resumed\":false,\"reason\":\"{reason}\"}}", await stream.NextAsync());
        _holds.Publish("6");
        Assert.Equal($"id: {newest.Epoch}-6\ndata: 6", await stream.NextAsync());
        Assert.Equal(1, _holds.Fixture.Metrics[$"gripproxy.resumes transport=stream outcome={reason}"]);
    }

    [Fact]
    public async Task Events_NotResumed_AskTheLinkAtOnce()
    {
        _holds.PublishMany(1, 2);
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("data: from the origin\n\n", HoldMode.Stream, "/next", Channel("log")));
        var stream = _holds.Hold(WithLink(Events("abcdefghijkl-1", Channel("log")), fetcher));
        Assert.EndsWith("{\"resumed\":false,\"reason\":\"epoch\"}", await stream.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("data: from the origin", await stream.NextAsync());
        _holds.Publish("3");
        Assert.Equal($"id: {await _holds.NewestAsync()}\ndata: 3", await stream.NextAsync());
        Assert.Single(fetcher.Requests);
    }

    [Fact]
    public async Task Events_LinkGivesAPrevId_TheHoldStillWaitsForPositions()
    {
        _holds.PublishMany(1, 3);
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("data: from the origin\n\n", HoldMode.Stream, "/next", Channel("log", prevId: "3")));
        var stream = _holds.Hold(WithLink(Events("abcdefghijkl-1", Channel("log")), fetcher));
        await stream.NextAsync(2);
        // While the backplane is away, who carries a position gets an item only once it stands in the log (LOG-11).
        var drains = new DrainBatch();
        ((IBackplaneSink)_holds.Fixture.Pipeline).Deliver(Item("ahead", prevId: "3"), isOwn: true, FanOutScope.WithoutPosition, drains);
        drains.Run();
        _holds.Publish("4", prevId: "3");
        Assert.Equal($"id: {await _holds.AtAsync(4)}\ndata: 4", await stream.NextAsync());
    }

    [Fact]
    public async Task Events_LogCannotBeAsked_AreHeldAndBeginWithWhatComes()
    {
        _holds.PublishMany(1, 3);
        var at = await _holds.AtAsync(3);
        _holds.Fixture.Reading.IsAway = true;
        var stream = _holds.Hold(Events(at.ToString(), Channel("log")));
        Assert.Equal("event: channel-open\ndata: {\"resumed\":false,\"reason\":\"unavailable\"}", await stream.NextAsync());
        _holds.PublishMany(4, 4);
        Assert.Equal($"id: {at.Epoch}-4\ndata: 4", await stream.NextAsync());
    }

    [Fact]
    public async Task Events_OriginGivesAPosition_ItWins()
    {
        _holds.PublishMany(1, 5);
        var stream = _holds.Hold(Events((await _holds.AtAsync(1)).ToString(), Channel("log", position: (await _holds.AtAsync(4)).ToString())));
        Assert.Equal($"event: channel-open\nid: {await _holds.AtAsync(4)}\ndata: {{\"resumed\":true}}", await stream.NextAsync());
        Assert.Equal($"id: {await _holds.AtAsync(5)}\ndata: 5", await stream.NextAsync());
    }

    [Fact]
    public async Task Events_SeveralChannels_EachIdStatesAllPositions()
    {
        _holds.Publish("1", "log1");
        var (one, two) = (await _holds.NewestAsync("log1"), await _holds.NewestAsync("log2"));
        var stream = _holds.Hold(Events(null, Channel("log1"), Channel("log2"), Channel("plain")));
        Assert.Equal($"event: channel-open\nid: {Ids(1, 0)}\ndata: {{\"resumed\":null}}", await stream.NextAsync());
        _holds.Publish("a", "log2");
        _holds.Publish("p", "plain");
        _holds.Publish("2", "log1");
        Assert.Equal([$"id: {Ids(1, 1)}\ndata: a", "data: p", $"id: {Ids(2, 1)}\ndata: 2"], await stream.NextAsync(3));

        var again = _holds.Hold(Events(Ids(1, 0), Channel("log1"), Channel("log2")));
        Assert.Equal([$"event: channel-open\nid: {Ids(1, 0)}\ndata: {{\"resumed\":true}}", $"id: {Ids(2, 0)}\ndata: 2", $"id: {Ids(2, 1)}\ndata: a"], await again.NextAsync(3));

        string Ids(long first, long second) =>
            $"{EventIds.KeyOf("log1")}:{one with { Offset = first }},{EventIds.KeyOf("log2")}:{two with { Offset = second }}";
    }

    [Fact]
    public async Task Events_OneOfSeveralCannotBeResumed_NothingIsReplayed()
    {
        _holds.PublishMany(1, 2, "log1");
        _holds.PublishMany(1, 2, "log2");
        var ids = $"{EventIds.KeyOf("log1")}:{await _holds.AtAsync(1, "log1")},{EventIds.KeyOf("log2")}:{await _holds.AtAsync(9, "log2")}";
        var stream = _holds.Hold(Events(ids, Channel("log1"), Channel("log2")));
        Assert.EndsWith("{\"resumed\":false,\"reason\":\"ahead\"}", await stream.NextAsync(), StringComparison.Ordinal);
        _holds.Publish("3", "log1");
        Assert.EndsWith("data: 3", await stream.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_NotServerSent_AreNotTouched()
    {
        var request = Events("17", Channel("log"));
        request = request with { Instruct = request.Instruct with { Response = request.Instruct.Response with { Headers = HeaderList.Empty } } };
        var plan = await _holds.Fixture.Keeper.PlanAsync(request);
        Assert.Equal((null, null), (plan.Outcome, plan.HeaderValue));
        var stream = _holds.Hold(request);
        _holds.Publish("1");
        Assert.Equal("data: 1", await stream.NextAsync());
    }

    [Fact]
    public async Task Position_OfAPlainStream_IsWhereItBegins()
    {
        _holds.PublishMany(1, 3);
        var stream = _holds.Hold(Plain(Stream(Channel("log", position: (await _holds.AtAsync(1)).ToString()))));
        _holds.Publish("4");
        Assert.Equal(["data: 2", "data: 3", "data: 4"], await stream.NextAsync(3));
    }

    [Fact]
    public async Task Position_ChannelWithoutLog_SaysSo()
    {
        var plan = await _holds.Fixture.Keeper.PlanAsync(Plain(Stream(Channel("plain", position: "abcdefghijkl-1"))));
        Assert.Equal("false; reason=no-log", plan.HeaderValue);
    }

    [Fact]
    public async Task Replay_LongerThanTheQueue_ComesAtTheClientsSpeed()
    {
        Use(new LoggedHolds(logItems: 5000, queueBytes: 100));
        _holds.PublishMany(1, 2000);
        var stream = _holds.Hold(Plain(Stream(Channel("log", position: (await _holds.AtAsync(0)).ToString()))), pauseAt: 50);
        for (var i = 1; i <= 1000; i++)
            Assert.Equal($"data: {i}", await stream.NextAsync());
        _holds.PublishMany(2001, 2100);
        for (var i = 1001; i <= 2100; i++)
            Assert.Equal($"data: {i}", await stream.NextAsync());
    }

    [Fact]
    public async Task Replay_LogMovesPastTheReader_EndsSoThatTheClientKnows()
    {
        Use(new LoggedHolds(logItems: 200));
        _holds.PublishMany(1, 200);
        var stream = _holds.Hold(Plain(Stream(Channel("log", position: (await _holds.AtAsync(0)).ToString()))), pauseAt: 10);
        Assert.Equal("data: 1", await stream.NextAsync());
        _holds.PublishMany(201, 500);
        var last = 1;
        while (await stream.NextAsync() is { } text)
            Assert.Equal($"data: {++last}", text);
        Assert.Equal(CloseReason.Overflow, await stream.Held);
        Assert.InRange(last, 2, 200);
    }

    [Fact]
    public async Task Replay_FilteredItems_AreLeftOut()
    {
        _holds.Fixture.Pipeline.Publish([Item("1"), Item("2") with { Meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["sender"] = "me" } }, Item("3")]);
        var request = Plain(Stream(new ChannelInstruct("log", null, ["skip-self"]) { Position = (await _holds.AtAsync(0)).ToString() }));
        var stream = _holds.Hold(request with
        {
            Instruct = request.Instruct with { Meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["user"] = "me" } },
        });
        Assert.Equal(["data: 1", "data: 3"], await stream.NextAsync(2));
    }

    [Fact]
    public async Task Close_WhileTheLogIsRead_ComesAfterIt()
    {
        _holds.PublishMany(1, 20);
        var stream = _holds.Hold(Plain(Stream(Channel("log", position: (await _holds.AtAsync(0)).ToString()))), pauseAt: 10);
        _holds.Fixture.PublishStream("", "log", ItemAction.Close);
        for (var i = 1; i <= 20; i++)
            Assert.Equal($"data: {i}", await stream.NextAsync());
        Assert.Null(await stream.NextAsync());
        Assert.Equal(CloseReason.Published, await stream.Held);
    }

    [Fact]
    public async Task ItemsWithoutTheFormat_AreNoGap()
    {
        var stream = _holds.Hold(Events(null, Channel("log")));
        await stream.NextAsync();
        _holds.Fixture.Pipeline.Publish([Item("1"), Item("2") with { HttpStream = null }, Item("3")]);
        Assert.Equal([$"id: {await _holds.AtAsync(1)}\ndata: 1", $"id: {await _holds.AtAsync(3)}\ndata: 3"], await stream.NextAsync(2));
    }

    [Theory]
    [InlineData(OverflowPolicy.DropNewest)]
    [InlineData(OverflowPolicy.DropOldest)]
    public async Task SlowClient_WhatFoundNoRoom_ComesFromTheLog(OverflowPolicy policy)
    {
        Use(new LoggedHolds(logItems: 1000, policy, queueBytes: 60));
        var stream = _holds.Hold(Plain(Stream(Channel("log", position: (await _holds.AtAsync(0)).ToString()))), pauseAt: 10);
        _holds.PublishMany(1, 300);
        for (var i = 1; i <= 300; i++)
            Assert.Equal($"data: {i}", await stream.NextAsync());
    }

    [Fact]
    public async Task PrevId_ItemIsKept_GoesOnWithoutTheOriginAndWithoutALink()
    {
        _holds.PublishMany(1, 4);
        var stream = _holds.Hold(Plain(Stream(Channel("log", prevId: "2"))));
        _holds.Publish("5", prevId: "4");
        Assert.Equal(["data: 3", "data: 4", "data: 5"], await stream.NextAsync(3));
    }

    [Fact]
    public async Task PrevId_NothingWasEverPublished_Holds()
    {
        var stream = _holds.Hold(Plain(Stream(Channel("log", prevId: "7"))));
        _holds.Publish("8", prevId: "7");
        Assert.Equal("data: 8", await stream.NextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PrevId_OriginWasAheadOfAnEmptyLog_ItsItemDoesNotComeAgain(bool isHeld)
    {
        // The origin's answer has the item already, which is still on its way to here.
        var request = Plain(Stream(Channel("log", prevId: "1")));
        var plan = await _holds.Fixture.Keeper.PlanAsync(request);
        var stream = isHeld ? _holds.Hold(request, plan: plan) : null;
        _holds.PublishMany(1, 1);
        stream ??= _holds.Hold(request, plan: plan);
        _holds.PublishMany(2, 2);
        Assert.Equal("data: 2", await stream.NextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PrevId_OriginOfEventsWasAheadOfAnEmptyLog_ItsItemDoesNotComeAgain(bool isHeld)
    {
        var request = Events(null, Channel("log", prevId: "1"));
        var plan = await _holds.Fixture.Keeper.PlanAsync(request);
        var stream = isHeld ? _holds.Hold(request, plan: plan) : null;
        if (stream is not null)
            await stream.NextAsync();
        _holds.PublishMany(1, 1);
        if (stream is null)
            await (stream = _holds.Hold(request, plan: plan)).NextAsync();
        _holds.PublishMany(2, 2);
        Assert.Equal($"id: {await _holds.AtAsync(2)}\ndata: 2", await stream.NextAsync());
    }

    [Fact]
    public async Task PrevId_OriginWasFarAheadOfAnEmptyLog_IsAskedAgain()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("data: 3\n\n", HoldMode.Stream, "/next", Channel("log", prevId: "3")));
        var request = WithLink(Plain(Stream(Channel("log", prevId: "2"))), fetcher);
        var plan = await _holds.Fixture.Keeper.PlanAsync(request);
        _holds.PublishMany(1, 3);
        var stream = _holds.Hold(request, plan: plan);
        Assert.Equal("data: 3", await stream.NextAsync());
        _holds.PublishMany(4, 4);
        Assert.Equal("data: 4", await stream.NextAsync());
        Assert.Single(fetcher.Requests);
    }

    [Fact]
    public async Task Position_NotGoodBeforeAChain_TheLinkIsAskedOnce()
    {
        var fetcher = new ScriptedFetcher(
            ScriptedFetcher.Answer("data: 1\n\n", HoldMode.Stream, "/next", Channel("log")),
            ScriptedFetcher.Answer("data: again\n\n", HoldMode.Stream, "/next", Channel("log")));
        var chain = Plain(Stream(Channel("log", position: "abcdefghijkl-1")));
        var stream = _holds.Hold(WithLink(chain with { Instruct = chain.Instruct with { Hold = HoldMode.None } }, fetcher));
        Assert.Equal("data: 1", await stream.NextAsync());
        _holds.Publish("2");
        Assert.Equal("data: 2", await stream.NextAsync());
        _holds.Publish("3");
        Assert.Equal("data: 3", await stream.NextAsync());
        Assert.Single(fetcher.Requests);
    }

    [Fact]
    public async Task PrevId_ItemIsNotKept_WithoutALinkEnds()
    {
        Use(new LoggedHolds(logItems: 2));
        _holds.PublishMany(1, 4);
        var stream = _holds.Hold(Plain(Stream(Channel("log", prevId: "1"))));
        Assert.Null(await stream.NextAsync());
        Assert.Equal(CloseReason.Origin, await stream.Held);
    }

    [Fact]
    public async Task PrevId_ItemIsNotKept_AsksTheLink()
    {
        Use(new LoggedHolds(logItems: 2));
        _holds.PublishMany(1, 4);
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("data: 2, 3\n\n", HoldMode.Stream, "/next", Channel("log", prevId: "3")));
        var stream = _holds.Hold(WithLink(Plain(Stream(Channel("log", prevId: "1"))), fetcher));
        Assert.Equal(["data: 2, 3", "data: 4"], await stream.NextAsync(2));
        Assert.Equal("log 1", Assert.Single(Assert.Single(fetcher.Requests).LastIds.Select(last => $"{last.Channel} {last.LastId}")));
    }

    [Fact]
    public async Task Gap_LogHasWhatIsBetween_ItIsDeliveredFirst()
    {
        _holds.PublishMany(1, 2);
        var stream = _holds.Hold(Plain(Stream(Channel("log", prevId: "2"))));
        // Nobody offered it to the stream: it says nothing to streams.
        _holds.Fixture.Pipeline.Publish([Item("3", prevId: "2") with { HttpStream = null }]);
        _holds.Publish("4", prevId: "3");
        _holds.Publish("5", prevId: "4");
        Assert.Equal(["data: 4", "data: 5"], await stream.NextAsync(2));
    }

    [Fact]
    public async Task Gap_LogLacksWhatIsBetween_AsksTheLink()
    {
        _holds.PublishMany(1, 2);
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("data: 3, 4\n\n", HoldMode.Stream, "/next", Channel("log", prevId: "4")));
        var stream = _holds.Hold(WithLink(Plain(Stream(Channel("log", prevId: "2"))), fetcher));
        _holds.Publish("4", prevId: "3");
        Assert.Equal("data: 3, 4", await stream.NextAsync());
        _holds.Publish("5", prevId: "4");
        Assert.Equal("data: 5", await stream.NextAsync());
        Assert.Single(fetcher.Requests);
    }

    [Fact]
    public async Task Latest_NewStream_GetsTheNewestItemOnce()
    {
        _holds.PublishMany(1, 3, "latest");
        var stream = _holds.Hold(Plain(Stream(Channel("latest"))));
        _holds.Publish("4", "latest");
        Assert.Equal(["data: 3", "data: 4"], await stream.NextAsync(2));
    }

    [Fact]
    public async Task Latest_NewestSaysNothingToStreams_GetsTheOneBefore()
    {
        _holds.PublishMany(1, 2, "loglatest");
        _holds.Fixture.Pipeline.Publish([Item("3", "loglatest") with { HttpStream = null }]);
        var stream = _holds.Hold(Plain(Stream(Channel("loglatest"))));
        _holds.Publish("4", "loglatest");
        Assert.Equal(["data: 2", "data: 4"], await stream.NextAsync(2));
    }

    [Fact]
    public async Task Latest_StreamThatResumes_GetsWhatItMissedInstead()
    {
        _holds.PublishMany(1, 3, "loglatest");
        var stream = _holds.Hold(Plain(Stream(Channel("loglatest", prevId: "3"))));
        _holds.Publish("4", "loglatest", "3");
        Assert.Equal("data: 4", await stream.NextAsync());
    }

    private static HoldRequest Plain(HoldRequest request) => request with { Instruct = request.Instruct with { ResumesByEventId = false } };

    private void Use(LoggedHolds holds)
    {
        _holds.Dispose();
        _holds = holds;
    }
}
