using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using static GripProxy.Holds.Tests.Resuming.LoggedHolds;

namespace GripProxy.Holds.Tests.Resuming;

public sealed class ResponseResumeTests : IDisposable
{
    private LoggedHolds _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task PrevId_ItemIsKept_IsAnsweredWithTheFirstThatFollows()
    {
        _holds.PublishMany(1, 4);
        Assert.Equal("3 true", await AskAsync(Channel("log", prevId: "2")));
        Assert.Equal("4 true", await AskAsync(Channel("log", prevId: "3")));
    }

    [Fact]
    public async Task PrevId_IsTheNewest_Holds()
    {
        _holds.PublishMany(1, 4);
        var answer = AskAsync(Channel("log", prevId: "4"));
        Assert.False(answer.IsCompleted);
        _holds.Publish("5", prevId: "4");
        Assert.Equal("5 ", await answer);
    }

    [Fact]
    public async Task PrevId_IsNotKept_AsksTheOriginOnce()
    {
        Use(new LoggedHolds(logItems: 2));
        _holds.PublishMany(1, 4);
        Assert.Equal("retry log 1", await AskAsync(Channel("log", prevId: "1")));
        var again = _holds.Fixture.Keeper.HoldResponseAsync(Request(Channel("log", prevId: "1")) with { IsRetry = true }, CancellationToken.None);
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task PrevId_OriginWasAheadOfAnEmptyLog_ItsItemDoesNotComeAgain()
    {
        // The client has the item from its origin already, and it is still on its way to here.
        var request = Request(Channel("log", prevId: "1"));
        var plan = await _holds.Fixture.Keeper.PlanAsync(request);
        _holds.PublishMany(1, 1);
        var answer = _holds.Fixture.Keeper.HoldResponseAsync(request, plan, CancellationToken.None);
        _holds.PublishMany(2, 2);
        Assert.Equal("2 ", Describe(await answer));
    }

    [Fact]
    public async Task PrevId_OriginWasFarAheadOfAnEmptyLog_IsAskedAgain()
    {
        var request = Request(Channel("log", prevId: "2"));
        var plan = await _holds.Fixture.Keeper.PlanAsync(request);
        _holds.PublishMany(1, 3);
        Assert.Equal("retry log 2", Describe(await _holds.Fixture.Keeper.HoldResponseAsync(request, plan, CancellationToken.None)));
    }

    [Fact]
    public async Task PrevId_FollowingItemsAreForOthers_AreSkipped()
    {
        var meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["sender"] = "me" };
        _holds.Fixture.Pipeline.Publish(
        [
            Item("1"), Item("2", prevId: "1") with { HttpResponse = null }, Item("3", prevId: "2") with { Meta = meta }, Item("4", prevId: "3"),
        ]);
        Assert.Equal("4 true", await AskAsync(new ChannelInstruct("log", "1", ["skip-self"])));
    }

    [Fact]
    public async Task PrevId_AllThatFollowsIsForOthers_HoldsFromThere()
    {
        var meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["sender"] = "me" };
        _holds.Fixture.Pipeline.Publish([Item("1"), Item("2", prevId: "1") with { Meta = meta }]);
        var answer = AskAsync(new ChannelInstruct("log", "1", ["skip-self"]));
        Assert.False(answer.IsCompleted);
        _holds.Publish("3", prevId: "2");
        Assert.Equal("3 ", await answer);
    }

    [Fact]
    public async Task Gap_WhileHeld_IsFilledFromTheLog()
    {
        _holds.PublishMany(1, 2);
        var answer = AskAsync(Channel("log", prevId: "2"));
        _holds.Fixture.Pipeline.Publish([Item("3", prevId: "2") with { HttpResponse = null }]);
        _holds.Publish("4", prevId: "3");
        Assert.Equal("4 true", await answer);
    }

    [Fact]
    public async Task Gap_LogLacksIt_AsksTheOrigin()
    {
        _holds.PublishMany(1, 2);
        var answer = AskAsync(Channel("log", prevId: "2"));
        _holds.Publish("4", prevId: "3");
        Assert.Equal("retry log 2", await answer);
    }

    [Fact]
    public async Task Position_IsGood_IsAnsweredOrHeldAndSaid()
    {
        _holds.PublishMany(1, 2);
        Assert.Equal("2 true", await AskAsync(Channel("log", position: (await _holds.AtAsync(1)).ToString())));
        var answer = AskAsync(Channel("log", position: (await _holds.AtAsync(2)).ToString()));
        _holds.Publish("3");
        Assert.Equal("3 true", await answer);
    }

    [Fact]
    public async Task Position_IsNotGood_AsksOnceAndThenStartsNow()
    {
        Assert.Equal("retry ", await AskAsync(Channel("log", position: "abcdefghijkl-1")));
        var again = _holds.Fixture.Keeper.HoldResponseAsync(Request(Channel("log", position: "abcdefghijkl-1")) with { IsRetry = true }, CancellationToken.None);
        _holds.Publish("1");
        Assert.Equal("1 false; reason=epoch", Describe(await again));
    }

    [Fact]
    public async Task Hint_WhileHeld_AsksTheOrigin()
    {
        _holds.PublishMany(1, 2);
        var answer = AskAsync(Channel("log", prevId: "2"));
        _holds.Fixture.PublishResponse("", "log", "3", ItemAction.Hint);
        Assert.Equal("retry log 2", await answer);
    }

    private static HoldRequest Request(params ChannelInstruct[] channels)
    {
        var request = HoldsFixture.Request(HoldMode.Response, channels);
        return request with
        {
            Instruct = request.Instruct with { Meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["user"] = "me" } },
        };
    }

    private static string Describe(ResponseHoldResult result) => result.Retry is { } retry
        ? "retry " + string.Join(',', retry.Select(last => $"{last.Channel} {last.LastId}"))
        : $"{Encoding.UTF8.GetString(result.Answer!.Body.Span)} {result.Answer.Headers.First("Channel-Resumed")}";

    private async Task<string> AskAsync(params ChannelInstruct[] channels) =>
        Describe(await _holds.Fixture.Keeper.HoldResponseAsync(Request(channels), CancellationToken.None));

    private void Use(LoggedHolds holds)
    {
        _holds.Dispose();
        _holds = holds;
    }
}
