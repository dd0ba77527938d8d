using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.Json;

namespace GripProxy.Holds.Tests.Filters;

public sealed class ResponseFilterTests : IDisposable
{
    private readonly HoldsFixture _holds = new();
    private readonly FilterOrigin _origin;

    public ResponseFilterTests() => _origin = new FilterOrigin(_holds.Time);

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task SkipSelf_OwnItem_LeavesItHeld()
    {
        var held = Hold([("user", "al")], FilteredHold.Channel("c", null, "skip-self"));
        _holds.Publish("own", meta: ("sender", "al"));
        _holds.Publish("", meta: ("sender", "al"), action: ItemAction.Hint);
        Assert.False(held.IsCompleted);
        _holds.Publish("other");
        Assert.Equal("other", await BodyAsync(held));
    }

    [Fact]
    public async Task SkipSelf_OwnItemInOrder_LeavesNoGap()
    {
        var held = Hold([("user", "al")], FilteredHold.Channel("c", "1", "skip-self"));
        _holds.Publish("own", meta: ("sender", "al"), id: "2", prevId: "1");
        _holds.Publish("other", id: "3", prevId: "2");
        Assert.Equal("other", await BodyAsync(held));
    }

    [Fact]
    public async Task VarSubst_Item_IsFilledIn()
    {
        var held = Hold([("user", "al")], FilteredHold.Channel("c", null, "var-subst"));
        _holds.Publish("%(user)s!");
        Assert.Equal("al!", await BodyAsync(held));
    }

    [Fact]
    public async Task VarSubst_PatchedBody_IsFilledIn()
    {
        var instruct = FilteredHold.Instruct(HoldMode.Response, """{"a":"%(user)s"}""", FilteredHold.Meta(("user", "al")), FilteredHold.Channel("c", null, "var-subst"));
        var held = Run(instruct);
        using var operations = ParsedJson.Parse("""[{"op":"add","path":"/b","value":1}]"""u8.ToArray(), 64);
        Assert.True(JsonPatch.TryRead(operations.Root, out var patch));
        _holds.Pipeline.Publish([new Item { Channel = "c", HttpResponse = new HttpResponseFormat { BodyPatch = patch } }]);
        Assert.Equal("""{"a":"al","b":1}""", await BodyAsync(held));
    }

    [Fact]
    public async Task VarSubst_UnknownName_LeavesItHeld()
    {
        var held = Hold([("user", "al")], FilteredHold.Channel("c", null, "var-subst"));
        _holds.Publish("%(nobody)s");
        _holds.Publish("%(user)s");
        Assert.Equal("al", await BodyAsync(held));
    }

    [Fact]
    public async Task VarSubst_UnknownNameInOrder_NextItemShowsTheGap()
    {
        var held = Hold([], FilteredHold.Channel("c", "1", "var-subst"));
        _holds.Publish("%(nobody)s", id: "2", prevId: "1");
        _holds.Publish("x", id: "3", prevId: "2");
        Assert.Equal([new GripLast("c", "1")], (await held).Retry);
    }

    [Fact]
    public async Task VarSubst_UnknownNameInDebug_AnswersWithTheError()
    {
        var held = Run(Instruct([], FilteredHold.Channel("c", null, "var-subst")), debug: true);
        _holds.Publish("%(nobody)s");
        await AssertFailureAsync("filter error: Unknown variable 'nobody'\n", held);
    }

    [Fact]
    public async Task ContentFilters_Differ_LeavesItHeld()
    {
        var held = Hold([("user", "al")], FilteredHold.Channel("c", null, "var-subst"), FilteredHold.Channel("d", null));
        _holds.Publish("x", contentFilters: []);
        _holds.Publish("x", "d", contentFilters: ["var-subst"]);
        _holds.Publish("%(user)s", contentFilters: ["var-subst"]);
        Assert.Equal("al", await BodyAsync(held));
    }

    [Fact]
    public async Task ContentFilters_DifferInDebug_AnswersWithTheText()
    {
        var held = Run(Instruct([], FilteredHold.Channel("c", null)), debug: true);
        _holds.Publish("x", contentFilters: ["a", "b"]);
        await AssertFailureAsync("content filter mismatch: subscription= message=a,b\n", held);
    }

    [Fact]
    public async Task BuildId_TimeoutBody_IsNotFiltered()
    {
        var held = Run(FilteredHold.Instruct(HoldMode.Response, "%I", [], FilteredHold.Channel("c", null, "build-id")));
        _holds.Time.Advance(TimeSpan.FromSeconds(56));
        Assert.Equal("%I", await BodyAsync(held));
    }

    [Fact]
    public async Task HttpCheck_Dropped_LeavesItHeldAndLaterItemsGetTheirTurn()
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"), FilteredHold.Channel("d", null));
        _holds.Publish("one");
        _holds.Publish("two");
        _holds.Publish("three", "d");
        await _origin.AnswerAsync(FilterOrigin.Plain(200, action: "drop"));
        var (_, second) = await _origin.AskedAsync();
        Assert.False(held.IsCompleted);
        second.SetResult(FilterOrigin.Plain(204, action: "drop"));
        Assert.Equal("three", await BodyAsync(held));
    }

    [Fact]
    public async Task HttpCheck_TimeoutMeanwhile_AnswersWithTheTemplate()
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", null, "http-check"));
        _holds.Time.Advance(TimeSpan.FromSeconds(50));
        _holds.Publish("late");
        await _origin.AskedAsync();
        _holds.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("go ", await BodyAsync(held));
    }

    [Fact]
    public async Task HttpCheck_HintBehindACheck_IsObeyedAfterIt()
    {
        var held = Hold([("url", "/check")], FilteredHold.Channel("c", "1", "http-check"));
        _holds.Publish("one", id: "2", prevId: "1");
        _holds.Publish("", action: ItemAction.Hint, id: "3", prevId: "2");
        await _origin.AnswerAsync(FilterOrigin.Plain(200, action: "drop"));
        Assert.Equal([new GripLast("c", "2")], (await held).Retry);
    }

    [Fact]
    public async Task HttpModify_Body_ReplacesTheContent()
    {
        var held = Hold([("url", "/modify")], FilteredHold.Channel("c", null, "http-modify"));
        _holds.Publish("old");
        var request = await _origin.AnswerAsync(FilterOrigin.Plain(200, "new"));
        Assert.Equal("old", Encoding.UTF8.GetString(request.Body.Span));
        Assert.Equal("new", await BodyAsync(held));
    }

    private Task<ResponseHoldResult> Hold((string, string)[] meta, params ChannelInstruct[] channels) => Run(Instruct(meta, channels));

    private Task<ResponseHoldResult> Run(Instruct instruct, bool debug = false) =>
        _holds.Keeper.HoldResponseAsync(FilteredHold.Request(instruct, _origin, debug), CancellationToken.None);

    private static Instruct Instruct((string, string)[] meta, params ChannelInstruct[] channels) =>
        FilteredHold.Instruct(HoldMode.Response, "go ", FilteredHold.Meta(meta), channels);

    private static async Task<string> BodyAsync(Task<ResponseHoldResult> held) => Encoding.UTF8.GetString((await held).Answer!.Body.Span);

    private static async Task AssertFailureAsync(string text, Task<ResponseHoldResult> held)
    {
        var result = await held;
        Assert.Equal((CloseReason.Error, 502), (result.Reason, result.Answer!.Code));
        Assert.Equal("text/plain", result.Answer.Headers.First("Content-Type"));
        Assert.Equal(text, Encoding.UTF8.GetString(result.Answer.Body.Span));
    }
}
