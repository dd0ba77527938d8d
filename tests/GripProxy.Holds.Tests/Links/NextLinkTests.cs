using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Links;

public sealed class NextLinkTests : IDisposable
{
    private static readonly LinkResponse Failure = new();

    private readonly HoldsFixture _holds = new();
    private readonly Pipe _client = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task NoHoldWithNextLink_ChainIsFollowedToItsEnd()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("two ", next: "three?x=1"), ScriptedFetcher.Answer("three"));
        Assert.Equal(CloseReason.Origin, await Run(fetcher, HoldMode.None, "/a/two"));
        await _client.Writer.CompleteAsync();
        Assert.Equal("latetwo three", await HoldsFixture.ReadUntilAsync(_client.Reader, "never"));
        Assert.Equal(["http://h/a/two", "http://h/a/three?x=1"], fetcher.Requests.Select(r => r.Uri.AbsoluteUri));
    }

    [Fact]
    public async Task Chain_EndsInAHold_ItemsFollow()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("two ", HoldMode.Stream, channels: HoldsFixture.Channel("d")));
        _ = Run(fetcher, HoldMode.None, "/two");
        Assert.Equal("latetwo ", await HoldsFixture.ReadUntilAsync(_client.Reader, "two "));
        _holds.PublishStream("not subscribed", channel: "c");
        _holds.PublishStream("live", channel: "d");
        Assert.Equal("live", await HoldsFixture.ReadUntilAsync(_client.Reader, "live"));
    }

    [Fact]
    public async Task Hold_AllChannelsQuiet_LinkIsFetchedAfterItsTimeout()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("end"));
        var held = Run(fetcher, HoldMode.Stream, "/next");
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        await PassAsync(40);
        _holds.PublishStream("x");
        await PassAsync(40);
        Assert.Empty(fetcher.Requests);
        await AdvanceUntilAsync(held);
        Assert.Equal(CloseReason.Origin, await held);
        Assert.Single(fetcher.Requests);
    }

    [Fact]
    public async Task Hint_FetchesAtOnceAndTellsTheLastId()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("end"));
        var held = Run(fetcher, HoldMode.Stream, "/next", HoldsFixture.Channel("c", "7"), HoldsFixture.Channel("d"));
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        _holds.Pipeline.Publish([new Item { Channel = "d", HttpStream = new HttpStreamFormat { Action = ItemAction.Hint } }]);
        await held;
        Assert.Equal([new GripLast("c", "7")], fetcher.Requests.Single().LastIds);
    }

    [Fact]
    public async Task Conflict_FetchesAndGoesOnBehindWhatTheOriginSent()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("8 9 ", HoldMode.Stream, "/next", HoldsFixture.Channel("c", "9")));
        _ = Run(fetcher, HoldMode.Stream, "/next", HoldsFixture.Channel("c", "7"));
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        Publish("9", "8");
        Assert.Equal("8 9 ", await HoldsFixture.ReadUntilAsync(_client.Reader, "9 "));
        Publish("10", "9");
        Assert.Equal("10 ", await HoldsFixture.ReadUntilAsync(_client.Reader, "10 "));
    }

    [Fact]
    public async Task Recover_FetchesWhenItsTurnComes()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("end"));
        var held = Run(fetcher, HoldMode.Stream, "/next");
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        _holds.Pipeline.Recover();
        await AdvanceUntilAsync(held);
        Assert.Equal(CloseReason.Origin, await held);
    }

    [Fact]
    public async Task Failure_IsTriedSixTimesOnPushpinsSchedule()
    {
        var fetcher = new ScriptedFetcher(Failure);
        var held = Run(fetcher, HoldMode.None, "/next");
        var times = new List<DateTimeOffset>();
        while (times.Count < 6)
        {
            await AdvanceUntilAsync(fetcher.Asked.WaitAsync());
            times.Add(_holds.Time.GetUtcNow());
        }

        await AdvanceUntilAsync(held);
        var waits = times.Zip(times.Skip(1), (before, after) => (after - before).TotalSeconds).ToArray();
        Assert.All(waits.Zip([1, 2, 4, 8, 16]), wait => Assert.True(wait.First >= wait.Second, $"waits: {string.Join(' ', waits)}"));
        Assert.Equal(6, fetcher.Requests.Count);
        Assert.Equal(CloseReason.Origin, await held);
        await _client.Writer.CompleteAsync();
        Assert.Equal("late\n\nFailed to retrieve next link.\n", await HoldsFixture.ReadUntilAsync(_client.Reader, "never"));
    }

    [Fact]
    public async Task Circle_OfEmptyAnswers_IsAskedEverMoreRarely()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("", next: "/next")) { Clock = _holds.Time };
        _ = Run(fetcher, HoldMode.None, "/next");
        for (var i = 0; i < 10; i++)
            await AdvanceUntilAsync(fetcher.Asked.WaitAsync());

        var times = fetcher.Times.Take(10).ToArray();
        var waits = times.Zip(times.Skip(1), (before, after) => (after - before).TotalSeconds).ToArray();
        // The clock may move on between an appointment and the note of its time, which shortens the next wait.
        Assert.All(waits.Skip(3).Zip([1, 2, 4, 8, 16, 16]), wait => Assert.True(wait.First >= wait.Second - 0.5, $"waits: {string.Join(' ', waits)}"));
    }

    [Fact]
    public async Task Answer_WithResponseHold_EndsWithTheText()
    {
        await Run(new ScriptedFetcher(ScriptedFetcher.Answer("x", HoldMode.Response)), HoldMode.None, "/next");
        await _client.Writer.CompleteAsync();
        Assert.Equal("late\n\nNext link returned non-stream hold.\n", await HoldsFixture.ReadUntilAsync(_client.Reader, "never"));
    }

    [Fact]
    public async Task Answer_WithoutChannelThatWasHeld_LeavesIt()
    {
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("two", HoldMode.Stream, channels: HoldsFixture.Channel("d")));
        _ = Run(fetcher, HoldMode.Stream, "/next");
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        Assert.Equal(1, _holds.Table.CountSubscribers("c"));
        _holds.Pipeline.Publish([new Item { Channel = "c", HttpStream = new HttpStreamFormat { Action = ItemAction.Hint } }]);
        await HoldsFixture.ReadUntilAsync(_client.Reader, "two");
        Assert.Equal((0, 1), (_holds.Table.CountSubscribers("c"), _holds.Table.CountSubscribers("d")));
    }

    [Fact]
    public async Task ClientGone_WhileTheLinkIsFetched_EndsAndReportsGoneOnce()
    {
        using var gone = new CancellationTokenSource();
        var fetcher = new ScriptedFetcher(Failure);
        var request = Request(fetcher, HoldMode.None, "/next");
        request = request with { Instruct = request.Instruct with { Gone = "/gone" } };
        var held = _holds.Keeper.HoldStreamAsync(request, _client.Writer, gone.Token);
        await fetcher.Asked.WaitAsync();
        await gone.CancelAsync();
        Assert.Equal(CloseReason.Client, await held);
        await fetcher.Asked.WaitAsync();
        Assert.Equal(["GET http://h/next", "POST http://h/gone"], fetcher.Requests.Select(r => $"{r.Method} {r.Uri}"));
    }

    [Fact]
    public async Task ResponseHold_ReportsGoneWhenAnsweredAndNotWhenRetried()
    {
        var fetcher = new ScriptedFetcher(new LinkResponse { Status = 204 });
        var request = HoldsFixture.Request(HoldMode.Response) with { Fetcher = fetcher, LinkBase = new Uri("http://h/p") };
        request = request with { Instruct = request.Instruct with { Gone = "gone" } };
        var retried = _holds.Keeper.HoldResponseAsync(request, CancellationToken.None);
        _holds.Pipeline.Recover();
        await retried;
        var answered = _holds.Keeper.HoldResponseAsync(request, CancellationToken.None);
        _holds.PublishResponse("x");
        await answered;
        await fetcher.Asked.WaitAsync();
        Assert.Equal("http://h/gone", Assert.Single(fetcher.Requests).Uri.AbsoluteUri);
    }

    [Fact]
    public async Task FirstSubscription_RetriesAtMostThreeTimesInARow()
    {
        using var holds = new HoldsFixture(new Channels.ChannelsOptions());
        for (var retries = 0; retries < 3; retries++)
        {
            var request = HoldsFixture.Request(HoldMode.Response, HoldsFixture.Channel($"fresh{retries}")) with { FirstSubscriptionRetries = retries };
            var held = holds.Keeper.HoldResponseAsync(request, CancellationToken.None);
            holds.Time.Advance(TimeSpan.FromSeconds(1.2));
            Assert.True((await held).IsFirstSubscription);
        }

        var last = HoldsFixture.Request(HoldMode.Response, HoldsFixture.Channel("fresh3")) with { FirstSubscriptionRetries = 3 };
        var stays = holds.Keeper.HoldResponseAsync(last, CancellationToken.None);
        holds.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(stays.IsCompleted);
    }

    private static HoldRequest Request(IOriginFetcher fetcher, HoldMode hold, string next, params ChannelInstruct[] channels)
    {
        var request = HoldsFixture.Request(hold, channels) with { Fetcher = fetcher, LinkBase = new Uri("http://h/a/b"), Debug = true };
        return request with { Instruct = request.Instruct with { Next = new NextLink(next, TimeSpan.FromSeconds(60)) } };
    }

    private Task<CloseReason> Run(IOriginFetcher fetcher, HoldMode hold, string next, params ChannelInstruct[] channels) =>
        _holds.Keeper.HoldStreamAsync(Request(fetcher, hold, next, channels), _client.Writer, CancellationToken.None);

    private void Publish(string id, string prevId) => _holds.Pipeline.Publish(
        [new Item { Channel = "c", Id = id, PrevId = prevId, HttpStream = new HttpStreamFormat { Content = System.Text.Encoding.ASCII.GetBytes(id + " ") } }]);

    /// <summary>Moves the clock, letting what it wakes arm its next timer on the way.</summary>
    private async Task PassAsync(int seconds)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            _holds.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    /// <summary>Moves the clock until the task is done; the one that is waited for may arm its timers only on the way.</summary>
    private async Task AdvanceUntilAsync(Task task)
    {
        for (var i = 0; i < 100_000 && !task.IsCompleted; i++)
        {
            _holds.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await task;
    }
}
