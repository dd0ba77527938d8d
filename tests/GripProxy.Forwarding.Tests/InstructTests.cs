using System.Text;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;

namespace GripProxy.Forwarding.Tests;

/// <summary>Answers with GRIP markers, acted on (HTTP-11…19, HTTP-24, HTTP-27, HTTP-33).</summary>
public sealed class InstructTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task Handle_NoHold_AnswersWithStatusAndWithoutGripHeaders()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Status: 404 Gone Fishing\r\nX-A: 1\r\nGrip-Foo: x\r\nContent-Length: 4\r\n\r\nbody");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((404, "Gone Fishing", "body", "1", "4"), (response.Code, response.Reason, response.Body, response.Header("X-A"), response.Header("Content-Length")));
        Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal($"GET http://h/x -> {origin.Address} code=404 4", await front.Logs.NextAsync("RequestLog"));
    }

    [Theory]
    [InlineData("Content-Length: 0\r\n\r\n", "")]
    [InlineData("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "body")]
    public async Task Handle_LengthOfZero_IsTheLengthUnlessChunksFollow(string ending, string expected)
    {
        await using var origin = RawOrigin.Answering($"HTTP/1.1 200 OK\r\nGrip-Foo: x\r\n{ending}");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            var response = await client.ReadResponseAsync();
            Assert.Equal((200, expected), (response.Code, response.Body));
        }

        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public async Task Handle_ResponseHold_PublishAnswersAndConnectionGoesOn()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nlate");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal($"GET http://h/x -> {origin.Address} accept", await front.Logs.NextAsync("RequestLog"));
            Assert.Equal("subscribe http://h/x channel=c", await front.Logs.NextAsync("JoinSequence"));
            front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat { Body = Encoding.UTF8.GetBytes($"now {i}") } });
            var response = await client.ReadResponseAsync();
            Assert.Equal((200, "1", $"now {i}"), (response.Code, response.Header("X-A"), response.Body));
        }
    }

    [Fact]
    public async Task Handle_HeldHead_AnswerHasNoBody()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nContent-Length: 4\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat { Body = "now"u8.ToArray() } });
        Assert.Equal("3", (await client.ReadResponseAsync(head: true)).Header("Content-Length"));
        await client.SendAsync("HEAD /y HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Contains("/y", await front.Logs.NextAsync("JoinSequence"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_Hint_RequestIsSentAgainWithBody()
    {
        var calls = 0;
        await using var origin = RawOrigin.Answering(_ => Interlocked.Increment(ref calls) == 1
            ? "HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c; prev-id=7\r\nContent-Length: 0\r\n\r\n"
            : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh");
        await using var front = await ProxyFront.StartAsync($"*,prefix=p- {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("POST /x?y HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
        await front.Logs.NextAsync("RequestLog");
        Assert.Equal("subscribe http://h/x?y channel=p-c", await front.Logs.NextAsync("JoinSequence"));
        front.Publish(new Item { Channel = "p-c", HttpResponse = new HttpResponseFormat { Action = ItemAction.Hint } });

        Assert.Equal("fresh", (await client.ReadResponseAsync()).Body);
        Assert.Equal($"POST http://h/x?y -> {origin.Address} code=200 5 retry #c=7", await front.Logs.NextAsync("RequestLog"));
        var again = origin.Requests.Last();
        Assert.Equal(("POST /x?y HTTP/1.1", "body", "1", "4"), (again.Line, again.Body, again.Header("X-A"), again.Header("Content-Length")));
        Assert.Equal("c; last-id=7", again.Header("Grip-Last"));
    }

    [Fact]
    public async Task Handle_StreamHold_SendsHeadBodyItemsAndEnds()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nGrip-Hold: stream\r\nGrip-Channel: c\r\nContent-Length: 4\r\n\r\nopen");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);
        var head = await client.ReadUntilAsync("\r\n\r\n");
        Assert.Equal("open", await client.ReadChunkAsync());
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = "data"u8.ToArray() } });
        Assert.Equal("data", await client.ReadChunkAsync());
        front.Publish(new Item { Channel = "c", HttpStream = new HttpStreamFormat { Action = ItemAction.Close } });

        Assert.Equal("", await client.ReadChunkAsync());
        Assert.Contains("Transfer-Encoding: chunked", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_StreamHoldWithoutBody_HeadIsSentAtOnce()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: stream\r\nGrip-Channel: c\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /x HTTP/1.0\r\n\r\n");
        Assert.DoesNotContain("Transfer-Encoding", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(
            new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = "data"u8.ToArray() } },
            new Item { Channel = "c", HttpStream = new HttpStreamFormat { Action = ItemAction.Close } });

        Assert.Equal("data", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Handle_LongStreamBeginning_PassesBeforeTheHold()
    {
        var beginning = new string('b', 100_001);
        await using var origin = RawOrigin.Answering(
            $"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 2\r\nGrip-Hold: stream\r\nGrip-Channel: c\r\nGrip-Status: 201\r\nGrip-Expose-Headers: X-A\r\nContent-Length: 100001\r\n\r\n{beginning}");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);
        var head = await client.ReadUntilAsync("\r\n\r\n");
        var received = 0;
        while (received < beginning.Length)
            received += (await client.ReadChunkAsync()).Length;
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = "data"u8.ToArray() } });

        Assert.Equal("data", await client.ReadChunkAsync());
        Assert.StartsWith("HTTP/1.1 201 Created\r\n", head, StringComparison.Ordinal);
        Assert.Contains("X-A: 1", head, StringComparison.Ordinal);
        Assert.DoesNotContain("X-B", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Grip-Hold: response\r\nGrip-Channel: c\r\n", 100_000, 200)]
    [InlineData("Grip-Hold: response\r\nGrip-Channel: c\r\n", 100_001, 502)]
    [InlineData("Grip-Status: 200\r\n", 100_001, 502)]
    [InlineData("Grip-Hold: stream\r\nGrip-Channel: c; filter=build-id\r\n", 100_001, 502)]
    [InlineData("Content-Type: application/grip-instruct\r\n", 100_001, 502)]
    [InlineData("Grip-Foo: x\r\n", 100_001, 200)]
    public async Task Handle_LongInstruct_IsLimited(string headers, int length, int code)
    {
        await using var origin = RawOrigin.Answering($"HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n{new string('x', length)}");
        await using var front = await ProxyFront.StartAsync($"*,debug {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);
        if (code == 200 && headers.Contains("Hold", StringComparison.Ordinal))
        {
            await front.Logs.NextAsync("JoinSequence");
            front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat() });
        }

        var response = await client.ReadResponseAsync();
        Assert.Equal(code, response.Code);
        if (code == 502)
            Assert.Equal($"GRIP instruct response too large from {origin.Address}\n", response.Body);
    }

    [Fact]
    public async Task Handle_LongRequestBody_CannotBeHeld()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync($"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\n\r\n{new string('b', 100_001)}");

        Assert.Equal((400, "Request too large to accept GRIP instruct.\n"), (response.Code, response.Body));
    }

    [Theory]
    [InlineData("*", "Error while proxying to origin.\n")]
    [InlineData("*,debug", "Failed to parse accept instructions: Grip-Hold must be set to either 'response' or 'stream'\n")]
    public async Task Handle_InvalidInstruct_Gives502(string condition, string text)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: none\r\nContent-Length: 4\r\n\r\nbody");
        await using var front = await ProxyFront.StartAsync($"{condition} {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, text, "text/plain"), (response.Code, response.Body, response.Header("Content-Type")));
    }

    [Fact]
    public async Task Handle_OriginDiesInTheInstruct_Gives502()
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nContent-Length: 10\r\n\r\nhalf");
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        Assert.Equal(502, (await front.SendAsync(Get)).Code);
    }

    [Fact]
    public async Task Handle_NoGripRoute_PassesEverything()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nContent-Length: 4\r\n\r\nbody");
        await using var front = await ProxyFront.StartAsync($"*,no_grip {origin.Address}");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\nGrip-Sig: x\r\nGrip-Last: c; last-id=1\r\n\r\n");

        Assert.Equal(("body", "response", "c"), (response.Body, response.Header("Grip-Hold"), response.Header("Grip-Channel")));
        Assert.DoesNotContain(origin.Single.Headers, h => h.Key.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("{\"response\":{\"body\":\"b\"}}", "b")]
    public async Task Handle_JsonInstructWithoutHold_IsTheAnswer(string json, string body)
    {
        await using var origin = RawOrigin.Answering($"HTTP/1.1 200 OK\r\nContent-Type: application/grip-instruct\r\nX-A: 1\r\nContent-Length: {json.Length}\r\n\r\n{json}");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((200, body, null), (response.Code, response.Body, response.Header("X-A")));
    }

    [Theory]
    [InlineData("Grip-Session-Id: 1\r\n")]
    [InlineData("Grip-Session-Detect: path-prefix=\"/\"\r\n")]
    [InlineData("Grip-Last: c; last-id=1\r\n")]
    public async Task Handle_SessionHeaders_AreTakenOffAndAskForNothing(string header)
    {
        await using var origin = RawOrigin.Answering($"HTTP/1.1 200 OK\r\n{header}Content-Length: 100001\r\n\r\n{new string('x', 100_001)}");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((200, 100_001), (response.Code, response.Body.Length));
        Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Handle_MoreChannelsThanAllowed_IsSaidOnce()
    {
        var channels = string.Join(", ", Enumerable.Range(0, 21).Select(i => $"c{i}"));
        await using var origin = RawOrigin.Answering($"HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: {channels}\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);

        Assert.Equal("http://h/x: the origin named 21 channels; only the first 20 are used ([handler] connection_subscription_max)", await front.Logs.NextAsync("JoinSequence"));
        for (var i = 0; i < 20; i++)
            Assert.Equal($"subscribe http://h/x channel=c{i}", await front.Logs.NextAsync("JoinSequence"));
    }

    [Fact]
    public async Task Handle_ImplicitChannels_SurviveTheNextLink()
    {
        await using var origin = RawOrigin.Answering(request => request.Target == "/x"
            ? "HTTP/1.1 200 OK\r\nGrip-Hold: stream\r\nGrip-Channel: a\r\nGrip-Link: </next>; rel=next\r\nContent-Length: 0\r\n\r\n"
            : "HTTP/1.1 200 OK\r\nGrip-Hold: stream\r\nGrip-Channel: b\r\nContent-Length: 4\r\n\r\nnext");
        await using var front = await ProxyFront.StartAsync($"*,prefix=p- {origin.Address},sub=extra");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\n");
        Assert.EndsWith("channel=p-a", await front.Logs.NextAsync("JoinSequence"), StringComparison.Ordinal);
        Assert.EndsWith("channel=extra", await front.Logs.NextAsync("JoinSequence"), StringComparison.Ordinal);
        front.Publish(new Item { Channel = "extra", HttpStream = new HttpStreamFormat { Action = ItemAction.Hint } });
        Assert.Equal("next", await client.ReadChunkAsync());
        Assert.EndsWith("channel=p-b", await front.Logs.NextAsync("JoinSequence"), StringComparison.Ordinal);
        front.Publish(new Item { Channel = "p-a", HttpStream = new HttpStreamFormat { Content = "old"u8.ToArray() } });
        front.Publish(new Item { Channel = "extra", HttpStream = new HttpStreamFormat { Content = "still"u8.ToArray() } });

        Assert.Equal("still", await client.ReadChunkAsync());
    }

    [Fact]
    public async Task Handle_PrefixOnAStream_LinksTellTheOriginsOwnNames()
    {
        await using var origin = RawOrigin.Answering(request => request.Target == "/x"
            ? "HTTP/1.1 200 OK\r\nGrip-Hold: stream\r\nGrip-Channel: a; prev-id=1\r\nGrip-Link: </next>; rel=next\r\nContent-Length: 0\r\n\r\n"
            : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast");
        await using var front = await ProxyFront.StartAsync($"*,prefix=p- {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\n");
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "p-a", HttpStream = new HttpStreamFormat { Action = ItemAction.Hint } });
        await client.ReadUntilAsync("last");

        Assert.Equal(("/next", "a; last-id=1"), (origin.Requests.Last().Target, origin.Requests.Last().Header("Grip-Last")));
    }

    [Fact]
    public async Task Handle_ImplicitChannelsWithoutHold_SubscribeNothing()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Status: 201\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},sub=extra");

        Assert.Equal(201, (await front.SendAsync(Get)).Code);
        Assert.EndsWith(" code=201 0", await front.Logs.NextAsync("RequestLog"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_ImplicitChannels_AreSubscribedWithoutPrefix()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"*,prefix=p- {origin.Address},sub=extra");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);

        Assert.Equal("subscribe http://h/x channel=extra", await front.Logs.NextAsync("JoinSequence"));
    }

    [Fact]
    public async Task Handle_CrossOriginRoute_HoldAnswersAndErrorsCarryTheHeaders()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nX-A: 1\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"h,aco {origin.Address}", $"down,aco 127.0.0.1:{RawOrigin.ClosedPort()}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\n\r\n");
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat() });
        var held = await client.ReadResponseAsync();
        var error = await front.SendAsync("GET /x HTTP/1.1\r\nHost: down\r\n\r\n");

        Assert.Equal(("http://o", "X-A"), (held.Header("Access-Control-Allow-Origin"), held.Header("Access-Control-Expose-Headers")));
        Assert.Equal((502, "*"), (error.Code, error.Header("Access-Control-Allow-Origin")));
    }
}
