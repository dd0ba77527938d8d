using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Response;

public sealed class ResponseHoldTests : IDisposable
{
    private readonly HoldsFixture _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task Publish_OnItsChannel_AnswersWithTheMergedResponse()
    {
        var held = Hold();
        _holds.PublishResponse("now");
        var result = await held;
        Assert.Equal(CloseReason.Published, result.Reason);
        Assert.Equal("now", Encoding.UTF8.GetString(result.Answer!.Body.Span));
        Assert.Equal("1", result.Answer.Headers.First("X-A"));
    }

    [Fact]
    public async Task Publish_Twice_FirstItemAnswers()
    {
        var held = Hold();
        _holds.PublishResponse("one");
        _holds.PublishResponse("two");
        Assert.Equal("one", Encoding.UTF8.GetString((await held).Answer!.Body.Span));
    }

    [Fact]
    public void Publish_ActionCloseOrOtherChannelOrStreamFormat_LeavesItHeld()
    {
        var held = Hold();
        _holds.PublishResponse("x", action: ItemAction.Close);
        _holds.PublishResponse("x", channel: "cc");
        _holds.PublishStream("x");
        Assert.False(held.IsCompleted);
    }

    [Fact]
    public async Task Timeout_SendsTheTemplate()
    {
        var held = Hold();
        _holds.Time.Advance(TimeSpan.FromSeconds(54.9));
        Assert.False(held.IsCompleted);
        _holds.Time.Advance(TimeSpan.FromSeconds(0.3));
        var result = await held;
        Assert.Equal((CloseReason.Timeout, "late"), (result.Reason, Encoding.UTF8.GetString(result.Answer!.Body.Span)));
    }

    [Fact]
    public async Task ClientGone_EndsWithoutAnswerAndLeavesItsChannels()
    {
        using var gone = new CancellationTokenSource();
        var held = _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response), gone.Token);
        await gone.CancelAsync();
        var result = await held;
        Assert.Equal((CloseReason.Client, null, null), (result.Reason, result.Answer, result.Retry));
        Assert.Equal(0, _holds.Table.CountSubscribers("c"));
    }

    [Fact]
    public async Task Hint_AsksForARetryWithLastIds()
    {
        var held = Hold(HoldsFixture.Channel("c", "5"), HoldsFixture.Channel("d"));
        _holds.PublishResponse("", action: ItemAction.Hint);
        Assert.Equal([new GripLast("c", "5")], (await held).Retry!);
    }

    [Fact]
    public async Task Recover_AsksForARetry()
    {
        var held = Hold();
        _holds.Pipeline.Recover();
        Assert.Empty((await held).Retry!);
    }

    [Fact]
    public async Task Join_PrevIdBehindTheLastPublishedId_RetriesAtOnce()
    {
        var first = Hold();
        _holds.PublishResponse("x", id: "2");
        await first;
        var second = Hold(HoldsFixture.Channel("c", "1"));
        Assert.Equal([new GripLast("c", "1")], (await second).Retry!);
        Assert.False(Hold(HoldsFixture.Channel("c", "1")).IsCompleted);
    }

    [Theory]
    [InlineData("1", "5")]
    [InlineData(null, null)]
    public async Task Publish_ItemThatDoesNotFollow_RetriesInstead(string? prevId, string? id)
    {
        var held = Hold(HoldsFixture.Channel("c", "4"));
        _holds.Pipeline.Publish([new Item { Channel = "c", Id = id, PrevId = prevId, HttpResponse = new HttpResponseFormat() }]);
        Assert.Equal([new GripLast("c", "4")], (await held).Retry!);
    }

    [Fact]
    public async Task Publish_ItemThatFollows_Answers()
    {
        var held = Hold(HoldsFixture.Channel("c", "4"));
        _holds.Pipeline.Publish([new Item { Channel = "c", Id = "5", PrevId = "4", HttpResponse = new HttpResponseFormat() }]);
        Assert.NotNull((await held).Answer);
    }

    [Fact]
    public async Task Join_PrefixAndImplicitChannels_PrefixAppliesToNamedOnesOnly()
    {
        var request = HoldsFixture.Request(HoldMode.Response) with { ChannelPrefix = "p-", ImplicitChannels = ["i"] };
        var held = _holds.Keeper.HoldResponseAsync(request, CancellationToken.None);
        _holds.PublishResponse("x", channel: "c");
        _holds.PublishResponse("x", channel: "p-i");
        Assert.False(held.IsCompleted);
        _holds.PublishResponse("named", channel: "p-c");
        Assert.Equal("named", Encoding.UTF8.GetString((await held).Answer!.Body.Span));
        held = _holds.Keeper.HoldResponseAsync(request, CancellationToken.None);
        _holds.PublishResponse("implicit", channel: "i");
        Assert.Equal("implicit", Encoding.UTF8.GetString((await held).Answer!.Body.Span));
    }

    [Fact]
    public async Task Join_MoreChannelsThanAllowed_FurtherOnesAreIgnored()
    {
        using var holds = new HoldsFixture(holds: new HoldsOptions { MaxSubscriptions = 2 });
        var request = HoldsFixture.Request(HoldMode.Response, HoldsFixture.Channel("a"), HoldsFixture.Channel("b"), HoldsFixture.Channel("d"));
        var held = holds.Keeper.HoldResponseAsync(request, CancellationToken.None);
        holds.PublishResponse("no", channel: "d");
        Assert.False(held.IsCompleted);
        holds.PublishResponse("yes", channel: "b");
        await held;
        Assert.Equal(1, holds.Metrics["gripproxy.refusals reason=connection_subscription_max"]);
    }

    [Fact]
    public async Task EndAll_EndsWithThatReasonAndNoAnswer()
    {
        var held = Hold();
        _holds.Keeper.EndAll(CloseReason.Drain);
        Assert.Equal((CloseReason.Drain, null), ((await held).Reason, (await held).Answer));
    }

    [Fact]
    public async Task Publish_WhilePollsComeAndGo_EveryPollIsAnsweredOnce()
    {
        var answered = 0;
        var polls = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await Hold();
                Interlocked.Increment(ref answered);
            }
        })).ToArray();
        var all = Task.WhenAll(polls);
        while (!all.IsCompleted)
        {
            _holds.PublishResponse("x");
            await Task.Yield();
        }

        await all;
        Assert.Equal((1600, 0), (answered, _holds.Table.CountSubscribers("c")));
    }

    private Task<ResponseHoldResult> Hold(params ChannelInstruct[] channels) =>
        _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response, channels), CancellationToken.None);
}
