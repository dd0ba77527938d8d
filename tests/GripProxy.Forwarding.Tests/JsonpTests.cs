using System.Text;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;

namespace GripProxy.Forwarding.Tests;

/// <summary>JSON-P from script URL to script, with real sockets on both sides (HTTP-40, RTE-24). The expected bytes are Pushpin's.</summary>
public sealed class JsonpTests
{
    private const string Answer =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A: 1\r\nX-A: 2\r\nCache-Control: max-age=3\r\nContent-Length: 10\r\n\r\nhello \"w\"\n";

    private static readonly string Held = Answer.Replace("Cache-Control", "Grip-Hold: response\r\nGrip-Channel: c; prev-id=1\r\nCache-Control", StringComparison.Ordinal);

    [Fact]
    public async Task Handle_Callback_AnswerIsAScript()
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        var response = await front.SendAsync(Get("/x?a&callback=my.f&b=%41+&&"));

        Assert.Equal("GET /x?a&b=%41+&& HTTP/1.1", origin.Single.Line);
        Assert.Equal("*/*", origin.Single.Header("Accept"));
        Assert.Equal((200, "OK", "application/javascript", "max-age=3"), (response.Code, response.Reason, response.Header("Content-Type"), response.Header("Cache-Control")));
        Assert.Null(response.Header("X-A"));
        Assert.Null(response.Header("Access-Control-Allow-Origin"));
        Assert.Equal(
            """/**/my.f({"code": 200, "reason": "OK", "headers": {"Cache-Control":"max-age=3","Content-Length":"10","Content-Type":"text/plain","X-A":"1, 2"}, "body": "hello \"w\"\n"});""" + "\n",
            response.Body);
    }

    [Fact]
    public async Task Handle_AllParameters_OriginSeesTheRequestThatIsMeant()
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        await front.SendAsync(
            "GET /x?_method=PUT&_headers=" + Uri.EscapeDataString("""{"X-Q":"é","Host":"other","accept":"q","Content-Length":"99","Connection":"X-Q"}""")
            + "&_body=%7B%7D+%20x&callback=f HTTP/1.1\r\nHost: h\r\nX-C: c\r\nX-Q: client\r\nAccept: text/html\r\n\r\n");

        var request = origin.Single;
        Assert.Equal(("PUT /x HTTP/1.1", "{}+ x", "5", "h", "*/*"), (request.Line, request.Body, request.Header("Content-Length"), request.Header("Host"), request.Header("Accept")));
        Assert.Equal(("c", "\u00c3\u00a9", null), (request.Header("X-C"), request.Header("X-Q"), request.Header("Connection")));
        Assert.Null(request.Header("Content-Type"));
    }

    [Fact]
    public async Task Handle_BasicMode_BodyIsTheArgument()
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco,jsonp_mode=basic {origin.Address}");

        var response = await front.SendAsync(Get("/x?callback=f"));

        Assert.Equal(("POST /x HTTP/1.1", "/**/f(hello \"w\");\n"), (origin.Single.Line, response.Body));
    }

    [Theory]
    [InlineData("/x?cb=f&data=%7B%7D&_body=stays", "POST /x?_body=stays HTTP/1.1", "/**/f(")]
    [InlineData("/x?data=%7B%7D", "POST /x HTTP/1.1", "/**/dflt(")]
    public async Task Handle_ConfiguredParameters_AreTheOnesTaken(string target, string line, string start)
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco,jsonp_mode=basic,jsonp_cb=cb,jsonp_body=data,jsonp_defcb=dflt {origin.Address}");

        var response = await front.SendAsync(Get(target));

        Assert.Equal((line, "{}", "application/json"), (origin.Single.Line, origin.Single.Body, origin.Single.Header("Content-Type")));
        Assert.StartsWith(start, response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_DefaultMethod_IsUsed()
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco,jsonp_defmethod=PATCH {origin.Address}");

        await front.SendAsync(Get("/x?callback=f"));

        Assert.Equal("PATCH /x HTTP/1.1", origin.Single.Line);
    }

    [Theory]
    [InlineData("callback=", "Invalid callback parameter.\n")]
    [InlineData("callback=alert(1)", "Invalid callback parameter.\n")]
    [InlineData("callback=f&_method=", "Invalid _method parameter.\n")]
    [InlineData("callback=f&_method=PO%20ST", "Invalid _method parameter.\n")]
    [InlineData("callback=f&_method=CONNECT", "Invalid _method parameter.\n")]
    [InlineData("callback=f&_headers=%5B%5D", "Invalid _headers parameter.\n")]
    [InlineData("callback=f&_headers=%7B%22a%22%3A1%7D", "Invalid _headers parameter.\n")]
    [InlineData("callback=f&_headers=%7B%22a%22%3A%22x%5Cr%5CnInj%3A%20y%22%7D", "Invalid _headers parameter.\n")]
    [InlineData("callback=f&_headers=%7B%22a%20b%22%3A%22x%22%7D", "Invalid _headers parameter.\n")]
    [InlineData("callback=f&_headers=%7B%22a%22%3A%22%5Cud800%22%7D", "Invalid _headers parameter.\n")]
    [InlineData("callback=f&_body=", "Invalid _body parameter.\n")]
    public async Task Handle_WrongParameter_IsNamedInPlainText(string query, string text)
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        var response = await front.SendAsync(Get("/x?" + query));

        Assert.Equal((400, "text/plain", text, "*"), (response.Code, response.Header("Content-Type"), response.Body, response.Header("Access-Control-Allow-Origin")));
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Handle_EmptyConfiguredBody_IsNamed()
    {
        await using var front = await ProxyFront.StartAsync("*,aco,jsonp_body=data 127.0.0.1:1");

        Assert.Equal((400, "Invalid body parameter.\n"), (await front.SendAsync(Get("/x?callback=f&data="))) is var r ? (r.Code, r.Body) : default);
    }

    [Theory]
    [InlineData("*", "GET")]
    [InlineData("*,aco", "POST")]
    [InlineData("*,aco,jsonp_cb=other", "GET")]
    public async Task Handle_NoJsonp_QueryPassesUntouched(string condition, string method)
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"{condition} {origin.Address}");

        var response = await front.SendAsync($"{method} /x?callback=f&_method=PUT HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(($"{method} /x?callback=f&_method=PUT HTTP/1.1", "hello \"w\"\n"), (origin.Single.Line, response.Body));
    }

    [Fact]
    public async Task Handle_GlobalSetting_ErrorsAreScriptsToo()
    {
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { AutoCrossOrigin = true }, "only.example 127.0.0.1:1");

        var response = await front.SendAsync(Get("/x?callback=f"));

        Assert.Equal(
            (200, """/**/f({"code": 502, "reason": "Bad Gateway", "headers": {"Content-Length":"16","Content-Type":"text/plain"}, "body": "Route not found\n"});""" + "\n"),
            (response.Code, response.Body));
    }

    [Fact]
    public async Task Handle_InstructWithoutHold_IsAScript()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nX-A: 1\r\nGrip-Status: 404\r\nCache-Control: no-store\r\nContent-Length: 1\r\n\r\nb");
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        var response = await front.SendAsync(Get("/x?callback=f"));

        Assert.Equal((200, null, "no-store"), (response.Code, response.Header("X-A"), response.Header("Cache-Control")));
        Assert.StartsWith("""/**/f({"code": 404, "reason": "Not Found", """, response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_InstructThatCannotBeRead_IsAScript()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: x\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        Assert.StartsWith("""/**/f({"code": 502, """, (await front.SendAsync(Get("/x?callback=f"))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_PublishToAHeldRequest_IsAScript()
    {
        await using var origin = RawOrigin.Answering(Held);
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get("/x?callback=f"));
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", PrevId = "1", HttpResponse = new HttpResponseFormat { Code = 201, Reason = "Created", Body = "\u00e9\u2028</script>\x01"u8.ToArray() } });
        var response = await client.ReadResponseAsync();

        Assert.Equal((200, "1|2", "max-age=3", "application/javascript"), (response.Code, response.Header("X-A"), response.Header("Cache-Control"), response.Header("Content-Type")));
        Assert.Null(response.Header("Access-Control-Allow-Origin"));
        Assert.Equal(
            """/**/f({"body":"é\u2028</script>\u0001","code":201,"headers":{"Cache-Control":"max-age=3","Content-Type":"text/plain","X-A":"1, 2"},"reason":"Created"});""" + "\n",
            Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(response.Body)));
    }

    [Fact]
    public async Task Handle_PublishInBasicMode_BodyIsTheArgument()
    {
        await using var origin = RawOrigin.Answering(Held);
        await using var front = await ProxyFront.StartAsync($"*,aco,jsonp_mode=basic {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get("/x?callback=f"));
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", PrevId = "1", HttpResponse = new HttpResponseFormat { Body = "{}\r\n"u8.ToArray() } });

        Assert.Equal("/**/f({});\n", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Handle_HintToAHeldRequest_TheMeantRequestIsRepeated()
    {
        var calls = 0;
        await using var origin = RawOrigin.Answering(_ => Interlocked.Increment(ref calls) == 1 ? Held : Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get("/x?callback=f&_method=PUT&_body=b&k=v&_headers=%7B%22X-Q%22%3A%22q%22%7D"));
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat { Action = ItemAction.Hint } });
        var response = await client.ReadResponseAsync();

        var again = origin.Requests.Last();
        Assert.Equal(("PUT /x?k=v HTTP/1.1", "b", "q", "c; last-id=1"), (again.Line, again.Body, again.Header("X-Q"), again.Header("Grip-Last")));
        Assert.StartsWith("/**/f({\"code\": 200", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_Stream_StaysAStreamWithCrossOriginHeaders()
    {
        await using var origin = RawOrigin.Answering(Answer.Replace("X-A: 1", "Grip-Hold: stream\r\nGrip-Channel: c", StringComparison.Ordinal));
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get("/x?callback=f"));
        var head = await client.ReadUntilAsync("\r\n\r\n");

        Assert.Contains("Access-Control-Allow-Origin: *", head, StringComparison.Ordinal);
        Assert.Equal("hello \"w\"\n", await client.ReadChunkAsync());
    }

    [Theory]
    [InlineData("*,aco,jsonp_mode=basic", "Content-Length: 0\r\n\r\n")]
    [InlineData("*,aco", "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nz")]
    public async Task Handle_AnswerThatFitsNoScript_Gives500(string condition, string rest)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\n" + rest);
        await using var front = await ProxyFront.StartAsync($"{condition} {origin.Address}");

        var response = await front.SendAsync(Get("/x?callback=f"));

        Assert.Equal((500, "text/plain", "Upstream response could not be JSON-P encoded.\n"), (response.Code, response.Header("Content-Type"), response.Body));
    }

    [Fact]
    public async Task Handle_MeantHead_ScriptHasABody()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        var response = await front.SendAsync(Get("/x?callback=f&_method=HEAD"));

        Assert.Equal("HEAD /x HTTP/1.1", origin.Single.Line);
        Assert.Equal("""/**/f({"code": 200, "reason": "OK", "headers": {"Content-Length":"77"}, "body": ""});""" + "\n", response.Body);
    }

    [Theory]
    [InlineData("*,aco", "/**/f({\"code\": 200, \"reason\": \"OK\", \"headers\": {}, \"body\": \"", "\\r\\n\"});\n")]
    [InlineData("*,aco,jsonp_mode=basic", "/**/f(", ");\n")]
    public async Task Handle_LongAnswer_IsWrappedOnItsWay(string condition, string start, string end)
    {
        var body = string.Concat(Enumerable.Repeat("\u00c3\u00a9 \u00e2\u0082\u00ac\n", 15_000));
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\n\r\n{body}\r\n");
        });
        await using var front = await ProxyFront.StartAsync($"{condition} {origin.Address}");

        var response = await front.SendAsync(Get("/x?callback=f"));

        var inside = start.Contains("code", StringComparison.Ordinal) ? body.Replace("\n", "\\n", StringComparison.Ordinal) : body;
        Assert.Equal(start + inside + end, response.Body);
        Assert.Equal("application/javascript", response.Header("Content-Type"));
    }

    [Fact]
    public async Task Handle_WebSocketEventsByScript_AreForbidden()
    {
        await using var front = await ProxyFront.StartAsync("*,aco 127.0.0.1:1,over_http");

        var response = await front.SendAsync(Get(
            "/x?callback=f&_method=POST&_body=x&_headers=" + Uri.EscapeDataString("""{"Content-Type":"application/websocket-events"}""")));

        Assert.StartsWith("/**/f({\"code\": 403", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_GripHeadersByScript_DoNotReachTheOrigin()
    {
        await using var origin = RawOrigin.Answering(Answer);
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        await front.SendAsync(Get("/x?callback=f&_headers=" + Uri.EscapeDataString("""{"Grip-Last":"c; last-id=1"}""")));

        Assert.Null(origin.Single.Header("Grip-Last"));
    }

    private static string Get(string target) => $"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n";
}
