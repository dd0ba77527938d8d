using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Tests.Routing;

/// <summary>From events to items (plugins.md §7.4).</summary>
public sealed class RoutingTests
{
    private const string Event =
        """{"uuid":"u-1","event":"bid & buy","distinct_id":"änna","timestamp":"2026-05-04T10:00:00.000Z","properties":{"lot":17,"deep":{"x":"y"},"plan":null,"$set":{"email":"a@b.c"}}}""";

    [Theory]
    [InlineData("events.{event}", "events.bid%20%26%20buy")]
    [InlineData("lot-{properties.lot}", "lot-17")]
    [InlineData("{properties.deep.x}/{distinct_id}", "y/%C3%A4nna")]
    [InlineData("{$set.email}", "a@b.c")]
    [InlineData("{properties.$set.email}", "a@b.c")]
    [InlineData("{properties.plan|none}", "none")]
    [InlineData("{properties.missing|}x", "x")]
    [InlineData("{tenant}.{uuid}", "acme.u-1")]
    [InlineData("{properties.missing}", null)]
    [InlineData("{properties.lot.x}", null)]
    [InlineData("{install}", null)]
    public void PLG60_Channel_OfARoute_IsFilledFromTheEvent(string template, string? expected) =>
        Assert.Equal(expected is null ? null : $"acme.{expected}", Build($$"""[{"channel":"{{template}}"}]""")?.Channel);

    [Theory]
    [InlineData("""{"event":["bid & buy"]}""", true)]
    [InlineData("""{"event":"bid*"}""", true)]
    [InlineData("""{"event":["x","y*"]}""", false)]
    [InlineData("""{"not_event":["bid*"]}""", false)]
    [InlineData("""{"properties":{"lot":17}}""", true)]
    [InlineData("""{"properties":{"lot":"17"}}""", false)]
    [InlineData("""{"properties":{"lot":[1,17]}}""", true)]
    [InlineData("""{"properties":{"lot":{"exists":true},"deep":{"exists":true}}}""", true)]
    [InlineData("""{"properties":{"plan":{"exists":true}}}""", false)]
    [InlineData("""{"event":"bid*","properties":{"lot":1}}""", false)]
    public void PLG60_Condition_OfARoute_DecidesForWhichEvents(string when, bool expected)
    {
        using var document = JsonDocument.Parse(Event);
        Assert.Equal(expected, Route($$"""[{"channel":"c","when":{{when}}}]""").When.Holds(new RoutedEvent(document.RootElement, "acme", null)));
    }

    [Fact]
    public void PLG60_Item_OfTheDefaultRoute_HasAllFormatsAndTheUuid()
    {
        using var document = JsonDocument.Parse(Event);
        var item = ItemBuilder.Build(ChannelRoute.Default, new RoutedEvent(document.RootElement, "default", null), new Tenant { Name = "default", Number = 1, ChannelPrefix = "" })!;

        Assert.Equal(("events.bid%20%26%20buy", "u-1"), (item.Channel, item.Id));
        Assert.Equal(Event + "\n", Text(item.HttpStream!.Content));
        Assert.Equal(Event, Text(item.WebSocketMessage!.Content));
        Assert.Equal(WebSocketMessageType.Text, item.WebSocketMessage.Type);
        Assert.Equal(Event, Text(item.HttpResponse!.Body));
        Assert.Equal("application/json", item.HttpResponse.Headers.First("Content-Type"));
    }

    [Fact]
    public void PLG60_Item_ForServerSentEvents_HasTheirShape()
    {
        var item = Build("""[{"channel":"c","stream":"sse","formats":["http-stream"],"content":"properties.deep","id":"{uuid}"}]""")!;

        Assert.Equal("event: bid & buy\nid: u-1\ndata: {\"x\":\"y\"}\n\n", Text(item.HttpStream!.Content));
        Assert.Null(item.WebSocketMessage);
        Assert.Null(item.HttpResponse);
    }

    [Fact]
    public void PLG60_ServerSentEvent_WithOtherLineEndsOfUnicode_KeepsThemAsData() =>
        Assert.Equal("data: a\u0085b\u2028c\u2029d\fe\ndata: f\n\n", Encoding.UTF8.GetString(ItemBuilder.ServerSentEvent(null, null, "a\u0085b\u2028c\u2029d\fe\rf"u8)));

    [Fact]
    public void PLG60_ServerSentEvent_WithLineEndsInItsFields_StaysOneEvent() =>
        Assert.Equal(
            "event: a data: x\nid: 1 event: y\ndata: one\ndata: two\n\n",
            Encoding.UTF8.GetString(ItemBuilder.ServerSentEvent("a\ndata: x", "1\revent: y", "one\r\ntwo"u8)));

    [Fact]
    public void PLG60_Channel_ThatIsTooLong_SkipsTheRoute() => Assert.Null(Build($$"""[{"channel":"{{new string('x', 508)}}"}]"""));

    [Theory]
    [InlineData("5", "routes must be a list of routes")]
    [InlineData("[5]", "routes[0] must be an object")]
    [InlineData("[{}]", "routes[0].channel is missing")]
    [InlineData("""[{"channel":"{x"}]""", "routes[0].channel: '{x' has a {")]
    [InlineData("""[{"channel":"c","formats":["sse"]}]""", "routes[0].formats names sse")]
    [InlineData("""[{"channel":"c","stream":"xml"}]""", "routes[0].stream is 'xml'")]
    [InlineData("""[{"channel":"c","chanel":"c"}]""", "routes[0].chanel is unknown")]
    public void PLG60_Routes_ThatAreWrong_AreNamed(string json, string problem)
    {
        List<string> problems = [];
        new RouteReader(problems).ReadAll(JsonNode.Parse(json)!, "routes");

        Assert.StartsWith(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"timestamp":"2026-05-04T12:00:00+02:00"}""", "2026-05-04T10:00:00.000Z")]
    [InlineData("""{"timestamp":1777888800000}""", "2026-05-04T10:00:00.000Z")]
    [InlineData("""{"timestamp":"2026-05-04T09:00:00Z","sent_at":"2026-05-04T09:30:00Z"}""", "2026-05-04T11:30:00.000Z")]
    [InlineData("""{"timestamp":"2027-01-01T00:00:00Z"}""", "2026-05-04T12:00:00.000Z")]
    [InlineData("""{"timestamp":"yesterday"}""", "2026-05-04T12:00:00.000Z")]
    [InlineData("""{"offset":60000}""", "2026-05-04T11:59:00.000Z")]
    [InlineData("{}", "2026-05-04T12:00:00.000Z")]
    public void PLG04_FinalEvent_HasOneTimeStamp(string json, string expected)
    {
        var final = Final(json, """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab"}""", annotate: true);

        Assert.Equal($$"""{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","timestamp":"{{expected}}"}""", final);
    }

    [Theory]
    [InlineData(true, """{"a":1,"$plugins_succeeded":[],"$plugins_failed":[]}""")]
    [InlineData(false, """{"a":1}""")]
    public void PLG04_FinalEvent_TellsItsPluginsIfItShall(bool annotate, string properties)
    {
        var final = Final(
            """{"uuid":"not one","now":"n","site_url":"s","properties":{"a":1,"$plugins_succeeded":[],"$plugins_failed":[]}}""",
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab"}""", annotate);

        Assert.Equal($$"""{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","properties":{{properties}},"timestamp":"2026-05-04T12:00:00.000Z"}""", final);
    }

    [Fact]
    public void PLG60_Route_ThatNumbersItsItems_DoesSoForEachChannel()
    {
        Dictionary<string, long> last = [];
        Item Next(string channel) => Build($$"""[{"channel":"{{channel}}","id":"seq","stream":"sse"}]""", last[channel] = last.GetValueOrDefault(channel) + 1)!;

        var items = (Item[])[Next("a"), Next("a"), Next("b"), Next("a")];

        Assert.Equal([("acme.a", "1", "0"), ("acme.a", "2", "1"), ("acme.b", "1", "0"), ("acme.a", "3", "2")], items.Select(item => (item.Channel, item.Id!, item.PrevId!)));
        Assert.Contains("id: 3\n", Text(items[3].HttpStream!.Content), StringComparison.Ordinal);
    }

    [Fact]
    public void PLG62_Representations_OfOneEvent_GoToSiblingChannels()
    {
        var json = Build("""[{"channel":"np-{distinct_id}-json","content":"properties"}]""")!;
        var atom = Build("""[{"channel":"np-{distinct_id}-atom","template":"<entry><id>{uuid}</id></entry>","content_type":"application/atom+xml","formats":["http-response"]}]""")!;

        Assert.EndsWith("-json", json.Channel, StringComparison.Ordinal);
        Assert.Equal("application/json", json.HttpResponse!.Headers.First("Content-Type"));
        Assert.EndsWith("-atom", atom.Channel, StringComparison.Ordinal);
        Assert.Equal("application/atom+xml", atom.HttpResponse!.Headers.First("Content-Type"));
        Assert.StartsWith("<entry><id>", Text(atom.HttpResponse.Body), StringComparison.Ordinal);
        Assert.Null(atom.HttpStream);
    }

    [Theory]
    [InlineData("live.*", true)]
    [InlineData("other", false)]
    public void PLG60_Channels_ThatATenantListsForServerSentEvents_HaveThem(string pattern, bool isEvent) =>
        Assert.Equal(isEvent, Text(Build("""[{"channel":"live.x","content":"event"}]""", 1, pattern)!.HttpStream!.Content).StartsWith("event: ", StringComparison.Ordinal));

    private static string Final(string processed, string original, bool annotate)
    {
        using var document = JsonDocument.Parse(processed);
        using var before = JsonDocument.Parse(original);
        return Text(FinalEvent.Write(document.RootElement, before.RootElement, new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero), annotate));
    }

    private static Item? Build(string routes, long number = 1, params string[] sseChannels)
    {
        using var document = JsonDocument.Parse(Event);
        return ItemBuilder.Build(Route(routes), new RoutedEvent(document.RootElement, "acme", null), new Tenant { Name = "acme", Number = 2, ChannelPrefix = "acme.", SseChannels = sseChannels }, number);
    }

    private static ChannelRoute Route(string json)
    {
        List<string> problems = [];
        var route = Assert.Single(new RouteReader(problems).ReadAll(JsonNode.Parse(json)!, "routes"));
        Assert.Empty(problems);
        return route;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
