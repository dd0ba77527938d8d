using System.Net;
using System.Text;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What clients see of plugins: nothing (PLG-64).</summary>
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
