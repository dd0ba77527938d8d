using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>An event comes in by HTTP, a plugin works on it, held clients get it (PLG-60, PLG-64).</summary>
public sealed class EventToClientTests
{
    private const string Greeter = """
        import type { PluginEvent } from '@posthog/plugin-scaffold'
        export function setupPlugin({ config }) { console.log(`ready with ${config.word} and ${config.password}`) }
        export async function processEvent(event: PluginEvent, { config }) {
          if (event.event === 'secret') return null
          event.properties = { ...event.properties, greeting: `${config.word} ${event.distinct_id}` }
          return event
        }
        """;

    [Fact]
    public async Task PLG60_Event_ThatAPluginChanged_ReachesALongPollAndAStream()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Greeter, config: """{"password":"hunter2hunter2"}""");
        world.Origin.OnHold("/poll", "response", "events.signup", "nothing yet");
        world.Origin.OnHold("/stream", "stream", "events.signup", "begin\n");
        await using RawHttp poll = await world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await using RawHttp stream = await world.Proxy.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        await stream.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("events.signup", count: 2);

        await world.SendAsync(
            """{"event":"secret","distinct_id":"anna"}""",
            """{"event":"signup","distinct_id":"anna","uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","timestamp":"2026-05-04T10:00:00+02:00","properties":{"plan":"pro"}}""");

        RawResponse answer = await poll.ReadResponseAsync();
        Assert.Equal("application/json", answer.Header("Content-Type"));
        JsonNode item = JsonNode.Parse(answer.Body)!;
        Assert.Equal("hello anna", (string?)item["properties"]!["greeting"]);
        Assert.Equal("pro", (string?)item["properties"]!["plan"]);
        Assert.Equal("2026-05-04T08:00:00.000Z", (string?)item["timestamp"]);
        Assert.Equal("""["tested (1)"]""", item["properties"]!["$plugins_succeeded"]!.ToJsonString());
        Assert.Null(item["now"]);
        Assert.Equal($"begin\n{answer.Body}\n", await stream.ReadStreamAsync("}\n"));
        await world.Proxy.Output.WaitForAsync(line => line.Contains("[default/tested] ready with hello and ***", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", world.Proxy.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*,ingest=true")]
    [InlineData("*")]
    public async Task PLG60_Events_OnTheClientPort_ComeInWhereTheRouteSaysSo(string condition)
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Greeter, condition: condition);
        world.Origin.OnText("/v1/events", "the origin's");
        world.Origin.OnText("/v1/other", "the origin's");
        const string Body = """{"event":"signup","user":"anna"}""";
        string Post(string path) =>
            $"POST {path}?wait=processed HTTP/1.1\r\nHost: example.test\r\nX-Api-Key: {ProxyWithPlugins.Key}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}";
        await using RawHttp client = await world.Proxy.ConnectAsync();

        await client.SendAsync(Post("/v1/other"));
        Assert.Equal("the origin's", (await client.ReadResponseAsync()).Body);
        await client.SendAsync(Post("/v1/events"));
        string answer = (await client.ReadResponseAsync()).Body;

        if (condition == "*")
            Assert.Equal("the origin's", answer);
        else
            Assert.Equal("published", (string?)JsonNode.Parse(answer)!["events"]![0]!["status"]);
    }

    [Fact]
    public async Task PLG62_Event_WithTwoRoutes_HasARepresentationOnEachChannel()
    {
        const string Routes = """
            [{"channel":"np-{distinct_id}-json","when":{"event":"post"},"content":"properties"},
             {"channel":"np-{distinct_id}-atom","when":{"event":"post"},"template":"<entry>{properties.title}</entry>","content_type":"application/atom+xml","formats":["http-response"]}]
            """;
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(
            "export const processEvent = (event) => { event.properties.title = event.properties.title.toUpperCase(); return event }", Routes);
        world.Origin.OnHold("/json", "response", "np-anna-json", "");
        world.Origin.OnHold("/atom", "response", "np-anna-atom", "");
        await using RawHttp json = await world.Proxy.ConnectAsync();
        await json.SendAsync(RawHttp.Get("/json"));
        await using RawHttp atom = await world.Proxy.ConnectAsync();
        await atom.SendAsync(RawHttp.Get("/atom"));
        await world.Proxy.SubscribedAsync("np-anna-json");
        await world.Proxy.SubscribedAsync("np-anna-atom");

        await world.SendAsync("""{"event":"post","distinct_id":"anna","properties":{"title":"news"}}""");

        Assert.Equal("NEWS", (string?)JsonNode.Parse((await json.ReadResponseAsync()).Body)!["title"]);
        RawResponse entry = await atom.ReadResponseAsync();
        Assert.Equal("<entry>NEWS</entry>", entry.Body);
        Assert.Equal("application/atom+xml", entry.Header("Content-Type"));
    }

    [Fact]
    public async Task PLG61_Publish_OfAPluginThatCounts_ReachesTheChannelAndTheCountOutlivesTheProxy()
    {
        const string Threshold = """
            export async function processEvent(event, { storage, utils }) {
              const n = await utils.cursor.increment(`bids-${event.properties.lot}`)
              console.log(`bid ${n}`)
              if (n === 3) await grip.publish(`lot-${event.properties.lot}`, { 'http-response': 'closing soon', 'http-stream': grip.sse({ event: 'closing', data: { n } }) }, { id: `${n}` })
              return null
            }
            """;
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Threshold);
        world.Origin.OnHold("/lot", "response", "lot-17", "");
        world.Origin.OnHold("/stream", "stream", "lot-17", "begin\n");
        const string Bid = """{"event":"bid","distinct_id":"anna","properties":{"lot":17}}""";
        await world.SendAsync(Bid, Bid);
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("bid 2", StringComparison.Ordinal));
        await world.RestartAsync();
        await using RawHttp poll = await world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/lot"));
        await using RawHttp stream = await world.Proxy.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        await stream.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("lot-17", count: 2);

        await world.SendAsync(Bid);

        Assert.Equal("closing soon", (await poll.ReadResponseAsync()).Body);
        Assert.Equal("begin\nevent: closing\ndata: {\"n\":3}\n\n", await stream.ReadStreamAsync("}\n\n"));
    }

    [Fact]
    public async Task PLG17_Plugin_ThatEndsItsProcess_LosesOnlyItsOwnEvent()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync("""
            export async function processEvent(event) {
              if (event.event === 'poison') (await Function("return import('node:process')")()).exit(1)
              return event
            }
            """);
        world.Origin.OnHold("/poll", "response", "events.fine", "");
        await using RawHttp poll = await world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await world.Proxy.SubscribedAsync("events.fine");

        await world.SendAsync("""{"event":"poison","distinct_id":"a"}""", """{"event":"fine","distinct_id":"b"}""");

        Assert.Equal("fine", (string?)JsonNode.Parse((await poll.ReadResponseAsync()).Body)!["event"]);
        await world.Proxy.Output.WaitForAsync(line => line.Contains("an event is a dead letter because of plugin tested (1): crashed_worker: Exited", StringComparison.Ordinal));
    }
}
