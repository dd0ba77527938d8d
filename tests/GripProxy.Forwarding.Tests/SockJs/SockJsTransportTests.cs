using System.Text;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;
using GripProxy.Testing;

namespace GripProxy.Forwarding.Tests.SockJs;

/// <summary>The HTTP transports over real connections, in front of the test target, which sends every message back (SJS-03).</summary>
public sealed class SockJsTransportTests
{
    private static readonly string Prelude = new string('h', 2048) + "\n";

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Xhr_Conversation_IsARequestForEachFrame()
    {
        await using var front = await StartAsync();

        var opened = await PostAsync(front, "xhr");
        var sent = await PostAsync(front, "xhr_send", "[\"one\"]");
        var received = await PostAsync(front, "xhr");

        Assert.Equal((200, "text/plain", "o\n"), (opened.Code, opened.Header("Content-Type"), opened.Body));
        Assert.Equal((200, "text/plain", "ok"), (sent.Code, sent.Header("Content-Type"), sent.Body));
        Assert.Equal((200, "a[\"one\"]\n"), (received.Code, received.Body));
        Assert.Equal("no-store, no-cache, must-revalidate, max-age=0", received.Header("Cache-Control"));
    }

    [Fact]
    public async Task XhrSend_SeveralMessagesWhileARequestWaits_AllComeBack()
    {
        await using var front = await StartAsync();
        await BeginAsync(front);
        var poll = await WaitingAsync(front);

        Assert.Equal("ok", (await PostAsync(front, "xhr_send", "[\"one\",\"two\",\"three\"]")).Body);

        var text = (await poll).Body;
        while (!text.Contains("three", StringComparison.Ordinal))
            text += (await PostAsync(front, "xhr")).Body;
        Assert.Equal("[\"one\",\"two\",\"three\"]", text.Replace("]\na[", ",", StringComparison.Ordinal)[1..].TrimEnd());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{\"a\":1}")]
    [InlineData("[1]")]
    public async Task XhrSend_NoArrayOfStrings_IsRefused(string body)
    {
        await using var front = await StartAsync();
        await PostAsync(front, "xhr");

        var answer = await PostAsync(front, "xhr_send", body);

        Assert.Equal((400, "Payload expected\n"), (answer.Code, answer.Body));
    }

    [Fact]
    public async Task XhrSend_EmptyArray_IsOk()
    {
        await using var front = await StartAsync();
        await PostAsync(front, "xhr");

        Assert.Equal("ok", (await PostAsync(front, "xhr_send", "[]")).Body);
    }

    [Fact]
    public async Task Xhr_OtherNameOnALiveSession_IsNotFound()
    {
        await using var front = await StartAsync();
        await PostAsync(front, "xhr");

        Assert.Equal(404, (await PostAsync(front, "other")).Code);
    }

    [Fact]
    public async Task Xhr_SameNameBelowAnotherBase_IsAnotherSession()
    {
        await using var front = await ProxyFront.StartAsync(
            new ForwardingOptions(), "*,path_beg=/a,sockjs=/a,sockjs_as_path=/a/ws test", "*,path_beg=/b,sockjs=/b,sockjs_as_path=/b/ws test");

        Assert.Equal("o\n", (await PostAsync(front, "xhr", path: "/a/0/s")).Body);
        Assert.Equal("o\n", (await PostAsync(front, "xhr", path: "/b/1/s")).Body);
    }

    [Fact]
    public async Task Xhr_MoreSessionsThanAllowed_AreRefused()
    {
        var options = new ForwardingOptions();
        options.SockJs.MaxSessions = 1;
        await using var front = await ProxyFront.StartAsync(options, _time, "*,sockjs=/sj,sockjs_as_path=/ws test");
        await PostAsync(front, "xhr");

        var answer = await PostAsync(front, "xhr", path: "/sj/0/other");

        Assert.Equal((503, "Too many sessions.\n"), (answer.Code, answer.Body));
    }

    [Fact]
    public async Task Xhr_NothingFor25Seconds_IsAHeartbeat()
    {
        await using var front = await StartAsync();
        await BeginAsync(front);
        var poll = await WaitingAsync(front);

        _time.Advance(TimeSpan.FromSeconds(25.1));

        Assert.Equal("h\n", (await poll).Body);
    }

    [Fact]
    public async Task Publish_WhileARequestWaits_AnswersIt()
    {
        await using var front = await StartAsync();
        await BeginAsync(front);
        var poll = await WaitingAsync(front);

        front.Publish(Message("one"));

        Assert.Equal("a[\"one\"]\n", (await poll).Body);
    }

    [Fact]
    public async Task Publish_Close_IsToldAfterWhatWaitsAndRepeated()
    {
        await using var front = await StartAsync();
        await BeginAsync(front);
        var poll = await WaitingAsync(front);
        front.Publish(Message("one"));
        await poll;

        front.Publish(new Item { Channel = "test", WebSocketMessage = new WebSocketMessageFormat { Action = ItemAction.Close, Code = 4009, Reason = "done" } });

        Assert.Equal("c[4009,\"done\"]\n", (await PostAsync(front, "xhr")).Body);
        Assert.Equal("c[4009,\"done\"]\n", (await PostAsync(front, "xhr")).Body);
        Assert.Equal(404, (await PostAsync(front, "xhr_send", "[\"x\"]")).Code);
    }

    [Fact]
    public async Task Publish_CloseWithoutCode_HasTheCodeZero()
    {
        await using var front = await StartAsync();
        await BeginAsync(front);

        front.Publish(new Item { Channel = "test", WebSocketMessage = new WebSocketMessageFormat { Action = ItemAction.Close } });

        Assert.Equal("c[0,\"Connection closed\"]\n", (await PostAsync(front, "xhr")).Body);
    }

    [Fact]
    public async Task Jsonp_Conversation_IsScripts()
    {
        await using var front = await StartAsync();

        var opened = await front.SendAsync("GET /sj/0/s/jsonp?c=cb HTTP/1.1\r\nHost: h\r\n\r\n");
        var sent = await PostAsync(front, "jsonp_send", "x=y&d=%5B%22a+b%2B%C3%A9%22%5D");
        var received = await front.SendAsync("GET /sj/0/s/jsonp?callback=a.b[1] HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((200, "application/javascript", "/**/cb(\"o\");\n"), (opened.Code, opened.Header("Content-Type"), opened.Body));
        Assert.Equal("ok", sent.Body);
        Assert.Equal("/**/a.b[1](\"a[\\\"a b+\u00c3\u00a9\\\"]\");\n", received.Body);
    }

    [Fact]
    public async Task JsonpSend_Get_TakesTheMessagesFromTheQuery()
    {
        await using var front = await StartAsync();
        await PostAsync(front, "xhr");

        Assert.Equal("ok", (await front.SendAsync("GET /sj/0/s/jsonp_send?d=%5B%22one%22%5D HTTP/1.1\r\nHost: h\r\n\r\n")).Body);
        Assert.Equal("a[\"one\"]\n", (await PostAsync(front, "xhr")).Body);
    }

    [Fact]
    public async Task XhrStreaming_Frames_AreLinesOfOneAnswer()
    {
        await using var front = await StartAsync();
        await using var stream = await front.ConnectAsync();
        await stream.SendAsync(Post("xhr_streaming"));
        var head = await stream.ReadUntilAsync("\r\n\r\n");
        await stream.ReadUntilAsync(Prelude);
        await stream.ReadUntilAsync("o\n");

        await PostAsync(front, "xhr_send", "[\"one\"]");
        await stream.ReadUntilAsync("a[\"one\"]\n");
        front.Publish(Message("two"));
        await stream.ReadUntilAsync("a[\"two\"]\n");
        front.Publish(new Item { Channel = "test", WebSocketMessage = new WebSocketMessageFormat { Action = ItemAction.Close, Code = 4009, Reason = "done" } });

        Assert.EndsWith("c[4009,\"done\"]\n\r\n0\r\n\r\n", await stream.ReadUntilAsync("0\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/javascript; charset=UTF-8\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: *\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventSource_Frames_AreEvents()
    {
        await using var front = await StartAsync();
        await using var stream = await front.ConnectAsync();
        await stream.SendAsync("GET /sj/0/s/eventsource HTTP/1.1\r\nHost: h\r\n\r\n");

        var head = await stream.ReadUntilAsync("\r\n\r\n");
        Assert.Equal("\r\n", await stream.ReadChunkAsync());
        Assert.Equal("data: o\r\n\r\n", await stream.ReadChunkAsync());
        await PostAsync(front, "xhr_send", "[\"one\\ntwo\"]");

        Assert.Equal("data: a[\"one\\ntwo\"]\r\n\r\n", await stream.ReadChunkAsync());
        Assert.Contains("Content-Type: text/event-stream; charset=UTF-8\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task XhrStreaming_After128KiB_EndsAndGoesOnWithTheNextRequest()
    {
        await using var front = await StartAsync();
        await using var stream = await front.ConnectAsync();
        await stream.SendAsync(Post("xhr_streaming"));
        await stream.ReadUntilAsync("o\n");
        await PostAsync(front, "xhr_send", "[\"begin\"]");
        await stream.ReadUntilAsync("a[\"begin\"]\n");
        var piece = new string('x', 70_000);

        front.Publish(Message(piece));
        await stream.ReadUntilAsync("\"]\n");
        front.Publish(Message(piece));
        await stream.ReadUntilAsync("\"]\n\r\n0\r\n\r\n");
        front.Publish(Message("more"));
        await stream.SendAsync(Post("xhr_streaming"));

        await stream.ReadUntilAsync(Prelude);
        await stream.ReadUntilAsync("a[\"more\"]\n");
    }

    [Fact]
    public async Task Streams_AnotherRequest_IsToldSoInFull()
    {
        await using var front = await StartAsync();
        await using var stream = await front.ConnectAsync();
        await stream.SendAsync(Post("xhr_streaming"));
        await stream.ReadUntilAsync("o\n");

        Assert.Equal(Prelude + "c[2010,\"Another connection still open\"]\n", (await PostAsync(front, "xhr_streaming")).Body);
    }

    private static Item Message(string text) =>
        new() { Channel = "test", WebSocketMessage = new WebSocketMessageFormat { Content = Encoding.UTF8.GetBytes(text) } };

    private static string Post(string name, string body = "", string path = "/sj/0/s") =>
        $"POST {path}/{name} HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static Task<RawResponse> PostAsync(ProxyFront front, string name, string body = "", string path = "/sj/0/s") =>
        front.SendAsync(Post(name, body, path));

    /// <summary>Opens a session; when its message has come back, it is subscribed too.</summary>
    private static async Task BeginAsync(ProxyFront front)
    {
        Assert.Equal("o\n", (await PostAsync(front, "xhr")).Body);
        await PostAsync(front, "xhr_send", "[\"begin\"]");
        Assert.Equal("a[\"begin\"]\n", (await PostAsync(front, "xhr")).Body);
    }

    /// <summary>A request that waits for a frame; gives what is still to be read of its answer. Of two, one is told that the other one waits.</summary>
    private static async Task<Task<RawResponse>> WaitingAsync(ProxyFront front)
    {
        var one = PostAsync(front, "xhr");
        var other = PostAsync(front, "xhr");
        var refused = await Task.WhenAny(one, other);
        Assert.Equal("c[2010,\"Another connection still open\"]\n", (await refused).Body);
        return refused == one ? other : one;
    }

    private Task<ProxyFront> StartAsync() => ProxyFront.StartAsync(new ForwardingOptions(), _time, "*,sockjs=/sj,sockjs_as_path=/ws test");
}
