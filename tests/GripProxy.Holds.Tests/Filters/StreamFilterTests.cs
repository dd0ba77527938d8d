using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Filters;

public sealed class StreamFilterTests : IDisposable
{
    private readonly HoldsFixture _holds = new();
    private readonly FilterOrigin _origin;
    private readonly Pipe _client = new();

    public StreamFilterTests() => _origin = new FilterOrigin(_holds.Time);

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task SkipSelf_OwnItem_IsNotSent()
    {
        Hold([("user", "al")], FilteredHold.Channel("c", null, "skip-self"));
        _holds.Publish("own", meta: ("sender", "al"));
        _holds.Publish("other.", meta: ("sender", "bo"));
        Assert.Equal("go other.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task SkipSelf_OwnCloseAction_IsIgnored()
    {
        Hold([("user", "al")], FilteredHold.Channel("c", null, "skip-self"));
        _holds.Publish("", meta: ("sender", "al"), action: ItemAction.Close);
        _holds.Publish("on.");
        Assert.Equal("go on.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task SkipSelf_OwnItemInOrder_LeavesNoGap()
    {
        HoldWithNext([("user", "al")], FilteredHold.Channel("c", "1", "skip-self"));
        _holds.Publish("own", meta: ("sender", "al"), id: "2", prevId: "1");
        _holds.Publish("other.", id: "3", prevId: "2");
        Assert.Equal("go other.", await ReadUntilAsync("."));
        Assert.False(_origin.WasAsked);
    }

    [Fact]
    public async Task SkipSelf_NothingSent_KeepAliveStillComes()
    {
        var instruct = Instruct([("user", "al")], FilteredHold.Channel("c", null, "skip-self")) with
        {
            KeepAlive = new KeepAlive("K"u8.ToArray(), TimeSpan.FromSeconds(20), KeepAliveMode.Idle),
        };
        _ = Run(instruct);
        for (var i = 0; i < 3; i++)
        {
            _holds.Time.Advance(TimeSpan.FromSeconds(10));
            _holds.Publish("own", meta: ("sender", "al"));
        }

        Assert.Equal("go K", await ReadUntilAsync("K"));
    }

    [Fact]
    public async Task RequireSub_BareChannelNames_CountsChannelsOfTheHold()
    {
        var instruct = Instruct([], FilteredHold.Channel("b", null), FilteredHold.Channel("c", null, "require-sub"));
        _ = Run(instruct, FilteredHold.Request(instruct) with { ChannelPrefix = "p-", ImplicitChannels = ["i"] });
        _holds.Publish("x", "p-c", ("require_sub", "p-b"));
        _holds.Publish("b", "p-c", ("require_sub", "b"));
        _holds.Publish("i.", "p-c", ("require_sub", "i"));
        Assert.Equal("go bi.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task VarSubst_TwoClients_EachGetsItsOwnContent()
    {
        var other = new Pipe();
        Hold([("user", "al")], FilteredHold.Channel("c", null, "var-subst"));
        _ = _holds.Keeper.HoldStreamAsync(
            FilteredHold.Request(Instruct([("user", "bo")], FilteredHold.Channel("c", null, "var-subst"))), other.Writer, CancellationToken.None);
        _holds.Publish("%(user)s.");
        Assert.Equal("go al.", await ReadUntilAsync("."));
        Assert.Equal("go bo.", await HoldsFixture.ReadUntilAsync(other.Reader, "."));
    }

    [Fact]
    public async Task VarSubst_UnknownName_DropsTheItemAndGoesOn()
    {
        Hold([("user", "al")], FilteredHold.Channel("c", null, "var-subst"));
        _holds.Publish("%(nobody)s");
        _holds.Publish("%(user)s.");
        Assert.Equal("go al.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task VarSubst_UnknownNameInDebug_EndsWithTheError()
    {
        var held = Run(Instruct([], FilteredHold.Channel("c", null, "var-subst")), debug: true);
        _holds.Publish("first ");
        _holds.Publish("%(nobody)s");
        _holds.Publish("too late");
        Assert.Equal(CloseReason.Origin, await held);
        Assert.Equal("go first \n\nfilter error: Unknown variable 'nobody'\n", await ReadAllAsync());
    }

    [Fact]
    public async Task ContentFilters_Differ_SkipsTheItem()
    {
        Hold([("user", "al")], FilteredHold.Channel("c", null, "skip-self", "var-subst"), FilteredHold.Channel("d", null));
        _holds.Publish("none", contentFilters: []);
        _holds.Publish("other", contentFilters: ["build-id"]);
        _holds.Publish("other", "d", contentFilters: ["build-id"]);
        _holds.Publish("%(user)s", contentFilters: ["var-subst"]);
        _holds.Publish(".", "d", contentFilters: []);
        Assert.Equal("go al.", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task ContentFilters_DifferInDebug_EndsOnlyThisStreamWithTheText()
    {
        var other = new Pipe();
        _ = _holds.Keeper.HoldStreamAsync(FilteredHold.Request(Instruct([], FilteredHold.Channel("c", null))), other.Writer, CancellationToken.None);
        var held = Run(Instruct([("id_format", "")], FilteredHold.Channel("c", null, "build-id", "var-subst")), debug: true);
        _holds.Publish("x", contentFilters: ["c"]);
        _holds.Publish("on.");
        Assert.Equal(CloseReason.Origin, await held);
        Assert.Equal("go \n\ncontent filter mismatch: subscription=build-id,var-subst message=c\n", await ReadAllAsync());
        Assert.Equal("go on.", await HoldsFixture.ReadUntilAsync(other.Reader, "."));
    }

    [Fact]
    public async Task BuildId_Item_GetsThePrevIdsBeforeIt()
    {
        HoldWithNext([("id_format", "%(c)s,%(d)s")], FilteredHold.Channel("c", "1", "build-id"), FilteredHold.Channel("d", "9", "build-id"));
        _holds.Publish("[%I]", "c", id: "2", prevId: "1");
        _holds.Publish("[%I]", "d", id: "10", prevId: "9");
        _holds.Publish("[%I].", "c", id: "3", prevId: "2");
        Assert.Equal("go [1,9][2,9][2,10].", await ReadUntilAsync("."));
    }

    [Fact]
    public async Task BuildId_InitialBody_IsFiltered()
    {
        _ = Run(FilteredHold.Instruct(
            HoldMode.Stream, "id: %(AZ)I.", FilteredHold.Meta(("id_format", "x"), ("id_encoding", "hex")), FilteredHold.Channel("c", null, "build-id")));
        Assert.Equal("id: 415a.", await ReadUntilAsync("."));
    }

    [Theory]
    [InlineData(true, "\n\nfilter error: build-id: No ID specified and no default ID in context\n")]
    [InlineData(false, "")]
    public async Task BuildId_DefaultIdInTheInitialBody_EndsTheStream(bool debug, string expected)
    {
        var instruct = FilteredHold.Instruct(HoldMode.Stream, "id: %I", FilteredHold.Meta(("id_format", "x")), FilteredHold.Channel("c", null, "build-id"));
        Assert.Equal(CloseReason.Origin, await Run(instruct, debug: debug));
        Assert.Equal(expected, await ReadAllAsync());
        Assert.Equal(0, _holds.Table.CountSubscribers("c"));
    }

    [Fact]
    public async Task NextLink_BringsItsOwnFiltersAndMeta()
    {
        HoldWithNext([("user", "al")], FilteredHold.Channel("c", null, "var-subst"));
        _holds.Publish("%(user)s ");
        _holds.Publish("", action: ItemAction.Hint);
        var next = FilteredHold.Instruct(
            HoldMode.Stream,
            "",
            FilteredHold.Meta(("user", "bo"), ("id_format", "i")),
            FilteredHold.Channel("c", null, "build-id", "var-subst"),
            FilteredHold.Channel("d", null));
        await _origin.AnswerAsync(FilterOrigin.Next(next, "next-%(7)I "));
        Assert.Equal("go al next-7 ", await ReadUntilAsync("next-7 "));
        _holds.Publish("%I-%%(user)s.");
        _holds.Publish("!%(user)s", "d");
        Assert.Equal("i-bo.!%(user)s", await ReadUntilAsync("%(user)s"));
    }

    [Fact]
    public async Task NextLink_BodyThatCannotBeFiltered_EndsTheStreamBehindWhatWasSent()
    {
        var held = Run(Instruct([], FilteredHold.Channel("c", null)) with { Next = new NextLink("/next", TimeSpan.FromSeconds(120)) }, debug: true);
        _holds.Publish("", action: ItemAction.Hint);
        var next = FilteredHold.Instruct(HoldMode.Stream, "", FilteredHold.Meta(("id_format", "i")), FilteredHold.Channel("c", null, "build-id"));
        await _origin.AnswerAsync(FilterOrigin.Next(next, "good %x"));
        Assert.Equal(CloseReason.Origin, await held);
        Assert.Equal("go good \n\nfilter error: build-id: Unknown directive 'x'\n", await ReadAllAsync());
    }

    [Fact]
    public async Task FilterError_SubscriptionThatTellsTheOrder_AsksTheOriginForWhatIsMissing()
    {
        HoldWithNext([], FilteredHold.Channel("c", "1", "var-subst"), FilteredHold.Channel("d", "8"));
        _holds.Publish("two ", id: "2", prevId: "1");
        _holds.Publish("nine ", "d", id: "9", prevId: "8");
        await ReadUntilAsync("nine ");
        _holds.Publish("%(nobody)s", id: "3", prevId: "2");
        var request = await _origin.AnswerAsync(FilterOrigin.Next(
            FilteredHold.Instruct(HoldMode.Stream, "", [], FilteredHold.Channel("c", "3")) with { Next = new NextLink("/next", TimeSpan.FromSeconds(120)) },
            "three "));
        Assert.Equal([new GripLast("c", "2"), new GripLast("d", "9")], request.LastIds);
        _holds.Publish("four.", id: "4", prevId: "3");
        Assert.Equal("three four.", await ReadUntilAsync("."));
    }

    private void Hold((string, string)[] meta, params ChannelInstruct[] channels) => _ = Run(Instruct(meta, channels));

    private void HoldWithNext((string, string)[] meta, params ChannelInstruct[] channels) =>
        _ = Run(Instruct(meta, channels) with { Next = new NextLink("/next", TimeSpan.FromSeconds(120)) });

    private Task<CloseReason> Run(Instruct instruct, HoldRequest? request = null, bool debug = false) =>
        _holds.Keeper.HoldStreamAsync(request ?? FilteredHold.Request(instruct, _origin, debug), _client.Writer, CancellationToken.None);

    private static Instruct Instruct((string, string)[] meta, params ChannelInstruct[] channels) =>
        FilteredHold.Instruct(HoldMode.Stream, "go ", FilteredHold.Meta(meta), channels);

    private Task<string> ReadUntilAsync(string end) => HoldsFixture.ReadUntilAsync(_client.Reader, end);

    private async Task<string> ReadAllAsync()
    {
        await _client.Writer.CompleteAsync();
        return await ReadUntilAsync("never");
    }
}
