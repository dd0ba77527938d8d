using System.Net;
using System.Text;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What <c>grip.publish</c> gives to clients (PLG-61), and what clients see of plugins: nothing (PLG-64).</summary>
public sealed class PluginItemTests
{
    private const string Formats = """
        {"http-stream":{"content":"line \u2014 end\n"},
         "http-response":{"code":201,"reason":"Made","headers":{"Content-Type":"text/x-test","X-Of":"item"},"body":"body \u2014"},
         "ws-message":{"content":"message \u2014"} }
        """;

    private const string Publisher = $$"""
        export async function processEvent(event) {
          await grip.publish('news', {{Formats}}, { id: event.event })
          return null
        }
        """;

    [Fact]
    public async Task PLG64_Item_OfAPlugin_IsByteForByteTheItemOfABackend()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Publisher, target: ",over_http");
        world.Origin.OnHold("/stream", "stream", "news", "begin\n");
        world.Origin.OnHold("/poll", "response", "news", "");
        EventsEndpoint socket = new(
            events => events.StartsWith("OPEN", StringComparison.Ordinal) ? "OPEN\r\n" + EventsEndpoint.Text("""c:{"type":"subscribe","channel":"news"}""") : "", "Sec-WebSocket-Extensions: grip");
        world.Origin.On("/socket", socket.AnswerAsync);

        string byPlugin = await SeenAsync(world, () => world.SendAsync("""{"event":"1","distinct_id":"anna"}"""));
        string byBackend = await SeenAsync(world, async () =>
        {
            using HttpResponseMessage answer = await world.Proxy.Control.PostAsync($$"""{"items":[{"channel":"news","id":"2","formats":{{Formats}} }]}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        });

        Assert.Equal(byBackend, byPlugin);
        Assert.Contains("HTTP/1.1 201 Made", byPlugin, StringComparison.Ordinal);
        Assert.EndsWith("1 message —", byPlugin, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG61_Publish_OfEveryFormat_IsOrderedByPreviousIds_AndMayEndItsClients()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(
            """
            const said = (text, id, prev_id) => grip.publish(['news', 'nobody'], { 'http-stream': `${text}\n`, 'ws-message': text }, { id, prev_id })
            export async function processEvent() {
              await said('one', '1')
              await said('three', '3', '2')
              await said('two', '2', '1')
              const bytes = new Uint8Array([0, 10])
              await grip.publish('news', { 'http-stream': { 'content-bin': bytes }, 'ws-message': { 'content-bin': bytes }, 'http-response': { code: 202, 'body-bin': bytes } }, { id: '4', prev_id: '3' })
              await grip.publish('news', { 'http-stream': { action: 'close' }, 'ws-message': { action: 'close', code: 4001 } }, { id: '5', prev_id: '4' })
            }
            """,
            target: ",over_http");
        world.Origin.OnHold("/stream", "stream", "news", "zero\n");
        world.Origin.OnHold("/poll", "response", "news", "");
        EventsEndpoint origin = new(
            events => events.StartsWith("OPEN", StringComparison.Ordinal) ? "OPEN\r\n" + EventsEndpoint.Text("""c:{"type":"subscribe","channel":"news"}""") : "", "Sec-WebSocket-Extensions: grip");
        world.Origin.On("/socket", origin.AnswerAsync);
        await using RawHttp stream = await world.Proxy.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        await stream.ReadHeadAsync();
        await using RawHttp poll = await world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await using RawWebSocket socket = await RawWebSocket.ConnectAsync(world.Proxy.Client, "/socket");
        await world.Proxy.SubscribedAsync("news", count: 3);

        await world.SendAsync("""{"event":"post","distinct_id":"anna"}""");

        Assert.Equal("zero\none\ntwo\nthree\n\0\n", await stream.ReadStreamAsync("\0\n"));
        Assert.Equal("", await stream.ReadChunkAsync());
        RawResponse answer = await poll.ReadResponseAsync();
        Assert.Equal((202, "\0\n"), (answer.Status, answer.Body));
        foreach (string text in (string[])["one", "two", "three"])
        {
            Assert.Equal(text, await socket.ReadTextAsync());
        }

        RawFrame frame = await socket.ReadFrameAsync();
        Assert.Equal((RawFrame.BinaryCode, "\0\n"), (frame.Opcode, frame.Text));
        Assert.Equal(4001, (await socket.ReadCloseAsync()).Code);
    }

    /// <summary>What a stream, a long-poll and a WebSocket get of an item, to the byte but for the time of the answer.</summary>
    private static async Task<string> SeenAsync(ProxyWithPlugins world, Func<Task> publish)
    {
        int mark = world.Proxy.Output.Mark;
        await using RawHttp stream = await world.Proxy.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        await stream.ReadHeadAsync();
        await using RawHttp poll = await world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await using RawWebSocket socket = await RawWebSocket.ConnectAsync(world.Proxy.Client, "/socket");
        await world.Proxy.SubscribedAsync("news", count: 3, mark);

        await publish();

        StringBuilder seen = new(await stream.ReadStreamAsync("end\n"));
        RawResponse answer = await poll.ReadResponseAsync();
        seen.AppendLine(answer.StatusLine);
        foreach ((string name, string value) in answer.Headers.Where(header => header.Key != "Date"))
            seen.Append(name).Append(": ").AppendLine(value);
        seen.AppendLine(answer.Body);
        RawFrame frame = await socket.ReadFrameAsync();
        return seen.Append(frame.Opcode).Append(' ').Append(frame.Text).ToString();
    }
}
