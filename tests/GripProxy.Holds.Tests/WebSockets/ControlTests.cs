using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

public sealed class ControlTests : IDisposable
{
    private readonly WebSocketFixture _ws = WebSocketFixture.Grip(canRecover: true, request: WebSocketFixture.Request() with
    {
        ChannelPrefix = "p-",
        ImplicitChannels = ["implicit"],
    });

    public void Dispose() => _ws.Dispose();

    [Fact]
    public async Task Subscribe_Channel_GetsThePrefixOfTheRoute()
    {
        await _ws.SubscribeAsync();
        _ws.Publish("wrong");
        _ws.Publish("right", "p-c");
        Assert.Equal("text right", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_BeforeAMessageOfTheOrigin_HoldsWhenThatIsDelivered()
    {
        _ws.Origin.Control("""{"type":"subscribe","channel":"c"}""");
        _ws.Origin.Text("m:ready");
        Assert.Equal("text ready", await _ws.Client.NextAsync());
        Assert.Equal(1, _ws.Holds.Table.CountSubscribers("p-c"));
    }

    [Fact]
    public async Task Subscribe_Again_ReplacesTheFilters()
    {
        await _ws.ControlAsync(
            "{'type':'set-meta','name':'user','value':'al'}",
            "{'type':'subscribe','channel':'c','filters':['skip-self']}");
        _ws.Publish("mine", "p-c", meta: ("sender", "al"));
        await _ws.SubscribeAsync();
        _ws.Publish("again mine", "p-c", meta: ("sender", "al"));
        Assert.Equal("text again mine", await _ws.Client.NextAsync());
        Assert.Equal(1, _ws.Holds.Table.CountSubscribers("p-c"));
    }

    [Fact]
    public async Task Subscribe_MoreThanTheLimit_IsIgnoredAndImplicitOnesCount()
    {
        for (var i = 0; i < 20; i++)
            await _ws.SubscribeAsync($"'channel':'{i}'");
        Assert.Equal(1, _ws.Holds.Table.CountSubscribers("p-18"));
        Assert.Equal(0, _ws.Holds.Table.CountSubscribers("p-19"));
    }

    [Fact]
    public async Task Subscribe_SixFilters_ClosesWithoutSayingWhy()
    {
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","filters":["a","b","c","d","e","f"]}""");
        Assert.Equal("close 1011", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_SixFiltersInDebug_ClosesAndSaysWhy()
    {
        using var ws = WebSocketFixture.Grip(WebSocketFixture.Request(debug: true));
        ws.Origin.Control("""{"type":"subscribe","channel":"c","filters":["a","b","c","d","e","f"]}""");
        Assert.Equal("close 1011 too many filters for channel 'c'", await ws.Client.NextAsync());
    }

    [Fact]
    public async Task Unsubscribe_Channel_EndsIt()
    {
        await _ws.SubscribeAsync();
        await _ws.ControlAsync("{'type':'unsubscribe','channel':'c'}", "{'type':'unsubscribe','channel':'c'}", "{'type':'unsubscribe','channel':'x'}");
        Assert.Equal(0, _ws.Holds.Table.CountSubscribers("p-c"));
    }

    [Fact]
    public async Task Unsubscribe_ImplicitChannel_IsIgnored()
    {
        using var ws = WebSocketFixture.Grip(WebSocketFixture.Request() with { ImplicitChannels = ["implicit"] });
        await ws.ControlAsync("{'type':'unsubscribe','channel':'implicit'}");
        ws.Publish("x", "implicit");
        Assert.Equal("text x", await ws.Client.NextAsync());
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{'type':'fly'}")]
    [InlineData("{'type':'subscribe'}")]
    [InlineData("{'type':'session','id':'s'}")]
    public async Task Control_ThatCannotBeUsed_IsIgnored(string control)
    {
        await _ws.ControlAsync(control);
        await _ws.SubscribeAsync();
        _ws.Publish("x", "p-c");
        Assert.Equal("text x", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Message_InParts_PassesWithoutItsPrefix()
    {
        _ws.Origin.Text("m:a", isLast: false);
        _ws.Origin.Text("b", isFirst: false, isLast: false);
        _ws.Origin.Text("c", isFirst: false);
        _ws.Origin.Text("dropped", isLast: false);
        _ws.Origin.Text("m:dropped", isFirst: false);
        _ws.Origin.Text("m:next");
        Assert.Equal(["text abc", "text next"], await _ws.Client.NextAsync(2));
    }

    [Fact]
    public async Task ClientMessages_AreNotInterpreted()
    {
        _ws.Client.Control("{}");
        Assert.Equal("text c:{}", await _ws.Origin.NextAsync());
    }

    [Fact]
    public async Task Detach_OriginIsClosedAndClientStays()
    {
        await _ws.SubscribeAsync();
        _ws.Origin.Control("""{"type":"detach"}""");
        Assert.Equal("close", await _ws.Origin.NextAsync());
        _ws.Origin.Text("m:not any more");
        _ws.Origin.Close(1000);
        _ws.Client.Text("discarded");
        _ws.Publish("still", "p-c");
        Assert.Equal("text still", await _ws.Client.NextAsync());
        _ws.Client.Close(4001);
        Assert.Equal("close 4001", await _ws.Client.NextAsync());
        Assert.Equal(Channels.Outcomes.CloseReason.Client, await _ws.Held);
        Assert.True(_ws.Origin.IsQuiet);
    }

    [Fact]
    public async Task Detach_OriginDoesNotAnswer_IsCutAfterAWhileAndClientStays()
    {
        await _ws.SubscribeAsync();
        _ws.Origin.Control("""{"type":"detach"}""");
        Assert.Equal("close", await _ws.Origin.NextAsync());
        _ws.Advance(6);
        Assert.Equal("cut", await _ws.Origin.NextAsync());
        _ws.Publish("still", "p-c");
        Assert.Equal("text still", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Publish_CloseAfterDetach_EndsTheHold()
    {
        await _ws.SubscribeAsync();
        _ws.Origin.Control("""{"type":"detach"}""");
        Assert.Equal("close", await _ws.Origin.NextAsync());
        _ws.Origin.Close(1000);
        _ws.PublishAction(ItemAction.Close, channel: "p-c");
        Assert.Equal("close", await _ws.Client.NextAsync());
        _ws.Client.Close(1000);
        Assert.Equal(Channels.Outcomes.CloseReason.Published, await _ws.Held);
    }

    [Fact]
    public async Task SetMeta_VeryMany_OnlyThoseThatAreThereChange()
    {
        for (var i = 0; i < 300; i++)
            _ws.Origin.Control($$"""{"type":"set-meta","name":"n{{i}}","value":"v"}""");
        await _ws.ControlAsync(
            "{'type':'set-meta','name':'n0','value':'w'}", "{'type':'set-meta','name':'n1'}", "{'type':'set-meta','name':'late','value':'x'}");
        var meta = Assert.Single(_ws.Holds.Keeper.All).Meta;

        Assert.Equal((256, "w", "x"), (meta.Count, meta["n0"], meta["late"]));
        Assert.False(meta.ContainsKey("n1") || meta.ContainsKey("n256"));
    }

    [Fact]
    public async Task SendDelayed_Timeout_SendsOnce()
    {
        await _ws.ControlAsync("{'type':'send-delayed','content':'later','timeout':2}");
        _ws.Advance(1.9);
        Assert.True(_ws.Client.IsQuiet);
        _ws.Advance(0.3);
        Assert.Equal("text later", await _ws.Client.NextAsync());
        await _ws.ControlAsync("{'type':'flush-delayed'}");
        _ws.Advance(10);
        Assert.True(_ws.Client.IsQuiet);
    }

    [Fact]
    public async Task SendDelayed_Again_FlushesTheFirst()
    {
        _ws.Origin.Control("""{"type":"send-delayed","content":"one","timeout":60}""");
        _ws.Origin.Control("""{"type":"send-delayed","content-bin":"dHdv","message-type":"binary","timeout":60}""");
        Assert.Equal("text one", await _ws.Client.NextAsync());
        _ws.Origin.Control("""{"type":"flush-delayed"}""");
        Assert.Equal("binary two", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task SendDelayed_WithoutContent_SendsAnEmptyMessageAfterASecond()
    {
        await _ws.ControlAsync("{'type':'send-delayed'}");
        _ws.Advance(1.2);
        Assert.Equal("text ", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task KeepAlive_Idle_ComesAfterQuietTimeAndAgain()
    {
        await _ws.ControlAsync("{'type':'keep-alive','content':'K','timeout':20}");
        _ws.Advance(18.9);
        Assert.True(_ws.Client.IsQuiet);
        _ws.Advance(1.2);
        Assert.Equal("text K", await _ws.Client.NextAsync());
        _ws.Advance(18.9);
        Assert.True(_ws.Client.IsQuiet);
        _ws.Advance(1.2);
        Assert.Equal("text K", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task KeepAlive_Idle_WaitsAfterAnythingThatWasSent()
    {
        await _ws.ControlAsync("{'type':'keep-alive','message-type':'ping','content':'','timeout':20}");
        _ws.Advance(15);
        _ws.Origin.Text("m:x");
        Assert.Equal("text x", await _ws.Client.NextAsync());
        _ws.Advance(18.9);
        Assert.True(_ws.Client.IsQuiet);
        _ws.Advance(1.2);
        Assert.Equal("ping ", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task KeepAlive_Interval_ComesWhateverIsSent()
    {
        await _ws.ControlAsync("{'type':'keep-alive','content':'K','timeout':20,'mode':'interval'}");
        _ws.Advance(15);
        _ws.Origin.Text("m:x");
        Assert.Equal("text x", await _ws.Client.NextAsync());
        _ws.Advance(5.1);
        Assert.Equal("text K", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task KeepAlive_WithoutContent_TurnsItOff()
    {
        await _ws.ControlAsync("{'type':'keep-alive','content':'K','timeout':20}", "{'type':'keep-alive'}");
        _ws.Advance(100);
        Assert.True(_ws.Client.IsQuiet);
    }

    [Fact]
    public async Task KeepAlive_KeepsTheConnectionFromBeingIdle()
    {
        await _ws.ControlAsync("{'type':'keep-alive','content':'K','timeout':1000,'mode':'interval'}");
        for (var i = 0; i < 4; i++)
        {
            _ws.Advance(1000.1);
            Assert.Equal("text K", await _ws.Client.NextAsync());
        }
    }

    [Fact]
    public async Task WithoutGrip_ControlsPassAndImplicitChannelsWork()
    {
        using var ws = new WebSocketFixture(request: WebSocketFixture.Request() with { ImplicitChannels = ["implicit"] });
        ws.Origin.Control("{}");
        Assert.Equal("text c:{}", await ws.Client.NextAsync());
        ws.Publish("x", "implicit");
        Assert.Equal("text x", await ws.Client.NextAsync());
    }
}
