using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What plugins answer to HTTP requests of anybody, holds included (plugins.md 7.8), and functions on both listeners (PLG-41), in the built program.</summary>
public sealed class PluginEndpointTests : IAsyncLifetime
{
    private const string Source = """
        export async function onRequest(request, { config, grip }) {
          const origin = request.query.origin
          switch (request.path) {
            case '/echo': return { status: 201, headers: { 'X-Word': config.word, 'Set-Cookie': ['a=1', 'b=2'], 'Connection': 'close' }, body: request }
            case '/text': return 'plain'
            case '/json': return { status: 'fine' }
            case '/bytes': return { headers: { 'Content-Type': 'image/x-dot' }, body: new Uint8Array([0, 255, 10]) }
            case '/nothing': return
            case '/less': return { status: 204, body: 'nobody reads this' }
            case '/same': return { status: 304, headers: { ETag: '"1"' }, body: 'nobody reads this' }
            case '/throw': throw new Error('not for everybody')
            case '/header': return { headers: { 'X-Bad': 'a\r\nX-Worse: b' } }
            case '/poll': return { headers: { 'Grip-Hold': 'response', 'Grip-Channel': 'news; prev-id=0' }, body: 'nothing yet' }
            case '/again': return request.headers['grip-last'] ? `after ${request.headers['grip-last']}` : { headers: { 'Grip-Hold': 'response', 'Grip-Channel': 'news; prev-id=0' } }
            case '/stream': return { headers: { 'Grip-Hold': 'stream', 'Grip-Channel': 'news' }, body: 'begin\n' }
            case '/first': return { headers: { 'Grip-Link': '<second>; rel=next' }, body: 'first\n' }
            case '/second': return { headers: { 'Grip-Hold': 'stream', 'Grip-Channel': 'news' }, body: 'second\n' }
            case '/outside': return { headers: { 'Grip-Link': `<http://${origin}/secret>; rel=next` }, body: 'first\n' }
          }
          return { status: 404, body: 'the plugin says no' }
        }
        export const functions = {
          tell: async (payload, { grip }) => { await grip.publish('news', payload.text, { id: payload.id, prev_id: payload.prev }); return 'told' },
        }
        """;

    private ProxyWithPlugins _world = null!; // by InitializeAsync

    public async Task InitializeAsync() => _world = await ProxyWithPlugins.StartAsync(Source);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task PLG41_Function_IsCalledOnBothListeners()
    {
        using StringContent payload = new("""{"text":"hello"}""", Encoding.UTF8, "application/json");
        AuthenticationHeaderValue token = new("Bearer", ProxyWithPlugins.OperatorToken);
        using HttpResponseMessage control = await _world.Proxy.Control.SendAsync(HttpMethod.Post, "/v1/functions/tested/tell", payload, token);
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/functions/1/tell") { Content = new StringContent("""{"text":"hello"}""") };
        request.Headers.Authorization = token;
        using HttpResponseMessage ingest = await _world.Events.SendAsync(request);
        using HttpResponseMessage closed = await _world.Proxy.Control.SendAsync(HttpMethod.Post, "/v1/functions/tested/tell", null);

        Assert.Equal("\"told\"", await control.Content.ReadAsStringAsync());
        Assert.Equal("\"told\"", await ingest.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
        Assert.Equal("application/problem+json", closed.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("h2c", HttpStatusCode.OK)]
    [InlineData("websocket", HttpStatusCode.NotFound)]
    public async Task Endpoint_ThatIsOfferedAnotherProtocol_AnswersInThisOne_ButSpeaksNoWebSocket(string protocol, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/p/default/tested/text");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue(protocol));

        using HttpResponseMessage answer = await _world.Events.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task OnRequest_GetsTheRequest_AndItsAnswerIsTheClients()
    {
        using HttpRequestMessage request = new(HttpMethod.Put, "/p/default/tested/echo?a=1&b=2&b=%20x") { Content = new StringContent("grüße") };
        request.Headers.Add("X-One", "1");

        using HttpResponseMessage answer = await _world.Events.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("hello", answer.Headers.GetValues("X-Word").Single());
        Assert.Equal(["a=1", "b=2"], answer.Headers.GetValues("Set-Cookie"));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        JsonNode seen = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("PUT", (string?)seen["method"]);
        Assert.Equal("/echo", (string?)seen["path"]);
        Assert.Equal("""{"a":"1","b":["2"," x"]}""", seen["query"]!.ToJsonString());
        Assert.Equal("1", (string?)seen["headers"]!["x-one"]);
        Assert.Equal("text/plain; charset=utf-8", (string?)seen["headers"]!["content-type"]);
        Assert.Null(seen["headers"]!["grip-sig"]);
        Assert.Equal("grüße", (string?)seen["body"]);
        Assert.Equal("127.0.0.1", (string?)seen["ip"]);
    }

    [Theory]
    [InlineData("text", 200, "text/plain; charset=utf-8", "plain")]
    [InlineData("json", 200, "application/json", """{"status":"fine"}""")]
    [InlineData("bytes", 200, "image/x-dot", "\0\u00ff\n")]
    [InlineData("nothing", 204, null, "")]
    [InlineData("less", 204, "text/plain; charset=utf-8", "")]
    [InlineData("same", 304, "text/plain; charset=utf-8", "")]
    [InlineData("other", 404, "text/plain; charset=utf-8", "the plugin says no")]
    [InlineData("throw", 500, "application/json", """{"error":{"code":"plugin_error","message":"the plugin failed","details":{}},"status":0}""")]
    [InlineData("header", 500, "application/json", """{"error":{"code":"plugin_error","message":"the plugin failed","details":{}},"status":0}""")]
    public async Task OnRequest_AnswersOfEveryKind(string path, int status, string? type, string body)
    {
        using HttpResponseMessage answer = await _world.Events.GetAsync($"/p/default/1/{path}");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(body, Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task OnRequest_BodyThatIsTooLong_IsRefused()
    {
        using ByteArrayContent fits = new(new byte[1024 * 1024]);
        using ByteArrayContent tooLong = new(new byte[(1024 * 1024) + 1]);
        using HttpResponseMessage taken = await _world.Events.PostAsync("/p/default/tested/text", fits);
        using HttpResponseMessage refused = await _world.Events.PostAsync("/p/default/tested/text", tooLong);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task OnRequest_GripInstructions_HoldALongPollAndAStream()
    {
        await using RawHttp poll = await ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/p/default/tested/poll"));
        await using RawHttp stream = await ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/p/default/tested/stream"));
        await stream.ReadHeadAsync();
        await _world.Proxy.SubscribedAsync("news", count: 2);

        await TellAsync("""{"text":"breaking","id":"1","prev":"0"}""");

        Assert.Equal("breaking", (await poll.ReadResponseAsync()).Body);
        Assert.Equal("begin\nbreaking\n", await stream.ReadStreamAsync("breaking\n"));
    }

    [Fact]
    public async Task OnRequest_LongPollThatMissedAnItem_AsksThePluginAgain()
    {
        await using RawHttp stream = await ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/p/default/tested/stream"));
        await stream.ReadHeadAsync();
        await _world.Proxy.SubscribedAsync("news");
        await TellAsync("""{"text":"missed","id":"2"}""");
        await stream.ReadStreamAsync("missed\n");
        await using RawHttp poll = await ConnectAsync();

        RawResponse answer = await poll.GetAsync("/p/default/tested/again");

        Assert.Equal("after news; last-id=0", answer.Body);
    }

    [Fact]
    public async Task OnRequest_NextLink_IsAskedOfThePlugin()
    {
        await using RawHttp client = await ConnectAsync();
        await client.SendAsync(RawHttp.Get("/p/default/tested/first"));
        await client.ReadHeadAsync();
        await _world.Proxy.SubscribedAsync("news");

        await TellAsync("""{"text":"live"}""");

        Assert.Equal("first\nsecond\nlive\n", await client.ReadStreamAsync("live\n"));
        Assert.Contains("/p/default/tested/first -> plugin tested accept", _world.Proxy.Output.Text, StringComparison.Ordinal);
        Assert.Contains("/second -> plugins code=200", _world.Proxy.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnRequest_LinkThatLeadsOutside_IsNotFollowed()
    {
        _world.Origin.OnText("/secret", "for nobody");
        await using RawHttp client = await ConnectAsync();

        await client.SendAsync(RawHttp.Get($"/p/default/tested/outside?origin={_world.Origin.Address}"));
        await client.ReadHeadAsync();
        await _world.Proxy.Output.WaitForAsync(line => line.Contains("/secret", StringComparison.Ordinal));

        Assert.Equal(0, _world.Origin.WaitingRequests("/secret"));
    }

    [Fact]
    public async Task OnRequest_OfATenant_HoldsOnItsOwnChannels()
    {
        AuthenticationHeaderValue token = new("Bearer", ProxyWithPlugins.OperatorToken);
        async Task<JsonNode> AskAsync(string path, string body)
        {
            using StringContent content = new(body, Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await _world.Proxy.Control.SendAsync(HttpMethod.Post, path, content, token);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }

        await AskAsync("/v1/tenants", """{"name":"acme"}""");
        JsonNode package = await AskAsync("/v1/tenants/acme/packages", new JsonObject { ["name"] = "held", ["source"] = Source }.ToJsonString());
        await AskAsync("/v1/tenants/acme/plugins?wait=ready", $$"""{"package":"{{package["hash"]}}","name":"held","enabled":true}""");
        await using RawHttp client = await ConnectAsync();

        await client.SendAsync(RawHttp.Get("/p/acme/held/stream"));
        await client.ReadHeadAsync();
        await _world.Proxy.SubscribedAsync("acme.news");
        await TellAsync("""{"text":"of the others"}""");
        await _world.Proxy.Control.PublishStreamAsync("acme.news", "ours\n");

        Assert.Equal("begin\nours\n", await client.ReadStreamAsync("ours\n"));
    }

    private Task<RawHttp> ConnectAsync() => RawHttp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _world.Events.BaseAddress!.Port));

    private async Task TellAsync(string payload)
    {
        using StringContent content = new(payload, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _world.Proxy.Control.SendAsync(
            HttpMethod.Post, "/v1/functions/tested/tell?tenant=default", content, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
