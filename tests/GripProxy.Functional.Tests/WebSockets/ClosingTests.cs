using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>How conversations end: codes and reasons pass both ways, and a vanished peer is not answered for (WS-03, WOH-06, WOH-10).</summary>
public sealed class ClosingTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    public static TheoryData<OriginKind, int> Codes => OriginKinds.With(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999);

    public static TheoryData<OriginKind> Kinds => OriginKinds.All;

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task ClientClose_WithCode_ReachesTheOriginAndIsAnswered(OriginKind kind, int code)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendCloseAsync(code, "that was all");

        Assert.Equal((code, "that was all"), (await talk.Origin.LastAsync()).Status);
        Assert.Equal((code, "that was all"), await talk.Client.ReadCloseAsync());
        await talk.Client.ReadEndAsync();
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task OriginClose_WithCode_ReachesTheClientAndIsAnswered(OriginKind kind, int code)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendTextAsync($"@close {code} go away");
        Assert.Equal((code, "go away"), await talk.Client.ReadCloseAsync());
        await talk.Client.SendCloseAsync(code, "gone");

        await talk.Client.ReadEndAsync();
        Assert.Equal("close", (await talk.Origin.LastAsync()).What);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ClientClose_WithoutCode_IsPassedOnAsNormal(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(new RawFrame(RawFrame.CloseCode, []));

        Heard last = await talk.Origin.LastAsync();
        Assert.Equal(("close", (1000, "")), (last.What, last.Status));
        Assert.Equal(1000, (await talk.Client.ReadCloseAsync()).Code);
        await talk.Client.ReadEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task OriginClose_WithoutCode_IsPassedOnAsNormal(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendTextAsync("@close");

        Assert.Equal((1000, ""), await talk.Client.ReadCloseAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Close_WithALongReason_KeepsIt(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);
        string reason = new('r', 123);

        await talk.Client.SendCloseAsync(4000, reason);

        Assert.Equal((4000, reason), (await talk.Origin.LastAsync()).Status);
        Assert.Equal((4000, reason), await talk.Client.ReadCloseAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ClientClose_BehindMessages_ComesAfterThem(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(RawFrame.OfText("one"), RawFrame.OfText("two"), RawFrame.OfClose(1000));

        Assert.Equal("one", (await talk.Origin.NextAsync()).Text);
        Assert.Equal("two", (await talk.Origin.NextAsync()).Text);
        Assert.Equal("close", (await talk.Origin.NextAsync()).What);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ClientClose_InsideAMessage_LosesOnlyThatMessage(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(RawFrame.OfText("whole"), RawFrame.OfText("begun", isLast: false), RawFrame.OfClose(1001));

        Assert.Equal("whole", (await talk.Origin.NextAsync()).Text);
        Assert.Equal((1001, ""), (await talk.Origin.LastAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ClientFrames_AfterItsClose_AreNotHeard(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(RawFrame.OfClose(1000), RawFrame.OfText("too late"), new RawFrame(RawFrame.PingCode, []));

        Assert.Equal("close", (await talk.Origin.NextAsync()).What);
        Assert.Equal(1000, (await talk.Client.ReadCloseAsync()).Code);
        await talk.Client.ReadEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ClientCloses_AndLeavesAtOnce_OriginGetsTheClose(OriginKind kind)
    {
        // The end of the connection must never overtake what came before it.
        for (int round = 0; round < 100; round++)
        {
            await using Talk talk = await world.OpenAsync(kind);

            await talk.Client.SendAsync(RawFrame.OfText("one"), RawFrame.OfText("two"), RawFrame.OfClose(4001, "in a hurry"));
            await talk.Client.DisposeAsync();

            Assert.Equal("one", (await talk.Origin.NextAsync()).Text);
            Assert.Equal("two", (await talk.Origin.NextAsync()).Text);
            Assert.Equal((4001, "in a hurry"), (await talk.Origin.LastAsync()).Status);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task OriginVanishes_ClientIsDroppedWithoutClose(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendTextAsync("@drop");

        await talk.Client.ReadEndAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task OriginEndsWithoutClose_ItsLastWordsStillReachTheClient(OriginKind kind)
    {
        for (int round = 0; round < 50; round++)
        {
            await using Talk talk = await world.OpenAsync(kind);

            await talk.Client.SendTextAsync("@last words");

            Assert.Equal("words", await talk.Client.ReadTextAsync());
            await talk.Client.ReadEndAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ClientIsReset_OriginLearnsOfTheEnd(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);
        await talk.Client.SendTextAsync("here");
        Assert.Equal("here", (await talk.Origin.NextAsync()).Text);

        talk.Client.Reset();

        Assert.Equal("end", (await talk.Origin.LastAsync()).What);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ClientEndsItsConnectionInsideAMessage_OriginLearnsOfTheEnd(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);

        await talk.Client.SendAsync(RawFrame.OfText("whole"), RawFrame.OfText("begun", isLast: false));
        Assert.Equal("whole", (await talk.Origin.NextAsync()).Text);
        await talk.Client.DisposeAsync();

        Assert.Equal("end", (await talk.Origin.LastAsync()).What);
    }
}
