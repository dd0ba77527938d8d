using System.Text;
using GripProxy.Origin.Tests.Support;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Tests;

public sealed class GripWebSocketTests
{
    [Fact]
    public async Task Accept_OfANewClient_OpensWithGripAndWhatFollows()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            Assert.True(socket.IsOpening);
            Assert.Equal("5c8f2718-61ca-40cf-be8b-baad31a5437f", socket.ConnectionId);
            Assert.Equal(["chat.v2", "chat.v1"], socket.Protocols);
            socket.Accept("chat.v1");
            socket.Subscribe("room", filters: "skip-self");
            socket.SetConnectionMeta("User", "Анна");
            socket.RequestEvery(TimeSpan.FromSeconds(29.5));
            socket.Send("hi");
        });

        using var response = await origin.SendAsync("OPEN\r\n", request => request.Headers.Add("Sec-WebSocket-Protocol", "chat.v2, chat.v1"));

        Assert.Equal("grip", response.Headers.GetValues("Sec-WebSocket-Extensions").Single());
        Assert.Equal("chat.v1", response.Headers.GetValues("Sec-WebSocket-Protocol").Single());
        Assert.Equal("Анна", response.Headers.GetValues("Set-Meta-User").Single());
        Assert.Equal("30", response.Headers.GetValues("Keep-Alive-Interval").Single());
        Assert.Equal(
            "OPEN\r\nTEXT 3f\r\nc:{\"type\":\"subscribe\",\"channel\":\"room\",\"filters\":[\"skip-self\"]}\r\nTEXT 4\r\nm:hi\r\n",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Events_OfTheClient_ComeInOrderWithTheirContent()
    {
        var seen = new List<string>();
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            Assert.False(socket.IsOpening);
            foreach (var happened in socket.Events)
                seen.Add($"{happened.Type} {happened.Text} {happened.Close?.Code} {happened.Close?.Reason}");
        });

        await origin.AskAsync("TEXT 5\r\nhello\r\nTEXT 0\r\n\r\nBINARY 2\r\n\u0001\u0002\r\nPING\r\nPONG 1\r\np\r\nCLOSE 5\r\n\u000f\u00a0bye\r\n");

        Assert.Equal(["Text hello  ", "Text   ", "Binary \u0001\u0002  ", "Ping   ", "Pong p  "], seen[..5]);
        Assert.EndsWith(" 4000 bye", seen[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionMeta_OfEarlierRequests_IsReadWithoutCaseAndInAnyLanguage()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.Send(socket.ConnectionMeta["user"]));

        var answer = await origin.AskAsync("TEXT 1\r\nx\r\n", request => request.Headers.Add("Meta-User", "Анна"));

        Assert.Equal("TEXT a\r\nm:Анна\r\n", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(answer)));
    }

    [Fact]
    public async Task SetConnectionMeta_ToNull_SendsTheEmptyValueThatDeletes()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.SetConnectionMeta("User", null));

        using var response = await origin.SendAsync("TEXT 1\r\nx\r\n");

        Assert.Equal("", response.Headers.GetValues("Set-Meta-User").Single());
    }

    [Fact]
    public async Task Send_OfTextThatLooksLikeAControlMessage_IsMarkedAsAMessage()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            socket.Send("c:{}");
            socket.Send(new byte[] { 1, 255 });
        });

        Assert.Equal("TEXT 6\r\nm:c:{}\r\nBINARY 4\r\nm:\u0001\u00ff\r\n", await origin.AskAsync(""));
    }

    [Fact]
    public async Task Ping_OfTheClient_IsAnsweredByItself()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.Send("x"));

        Assert.Equal("PONG 2\r\np1\r\nPONG\r\nTEXT 3\r\nm:x\r\n", await origin.AskAsync("PING 2\r\np1\r\nPING\r\n"));
    }

    [Fact]
    public async Task Pong_OfTheHandler_IsTheOnlyOne()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.Pong("mine"u8.ToArray()));

        Assert.Equal("PONG 4\r\nmine\r\n", await origin.AskAsync("PING 2\r\np1\r\n"));
    }

    [Theory]
    [InlineData("CLOSE 5\r\n\u0003\u00e8bye\r\n", "CLOSE 2\r\n\u0003\u00e8\r\n")]
    [InlineData("CLOSE\r\n", "CLOSE\r\n")]
    public async Task Close_OfTheClient_IsAnsweredWithItsCode(string events, string expected)
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket _) => { });

        Assert.Equal(expected, await origin.AskAsync(events));
    }

    [Fact]
    public async Task Close_OfTheHandler_IsTheLastEvent()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            socket.Close(4001, "full");
            socket.Send("too late");
        });

        Assert.Equal("CLOSE 6\r\n\u000f\u00a1full\r\n", await origin.AskAsync("CLOSE 2\r\n\u0003\u00e8\r\n"));
    }

    [Fact]
    public async Task Disconnect_OfTheHandler_IsTheLastEvent()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            socket.Disconnect();
            socket.Close();
        });

        Assert.Equal("DISCONNECT\r\n", await origin.AskAsync("TEXT 1\r\nx\r\n"));
    }

    [Fact]
    public async Task Events_DisconnectOfTheClient_IsToldAndAnsweredWithNothing()
    {
        var events = new List<WebSocketEventType>();
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            events.AddRange(socket.Events.Select(happened => happened.Type));
            socket.Send("nobody reads this");
        });

        Assert.Equal("", await origin.AskAsync("DISCONNECT\r\n"));
        Assert.Equal([WebSocketEventType.Disconnect], events);
    }

    [Fact]
    public async Task Reject_OfANewClient_IsAnOrdinaryAnswer()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket, HttpResponse http) =>
        {
            http.Headers.RetryAfter = "10";
            socket.Reject(503, "full");
        });

        using var response = await origin.SendAsync("OPEN\r\n");

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("10", response.Headers.RetryAfter?.ToString());
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("full", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task RequestEvery_WithoutAccept_PutsTheDecisionOff()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            if (socket.IsOpening)
                socket.RequestEvery(TimeSpan.FromSeconds(20));
            else
                socket.Accept();
        });

        Assert.Equal("", await origin.AskAsync("OPEN\r\n"));
        Assert.Equal("OPEN\r\n", await origin.AskAsync(""));
    }

    [Fact]
    public async Task Accept_NeverCalledForANewClient_IsAnErrorOfTheApplication()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.Send("hi"));

        using var response = await origin.SendAsync("OPEN\r\n");

        Assert.Equal(500, (int)response.StatusCode);
    }

    [Fact]
    public async Task Send_MoreThanAnAnswerHolds_IsAnErrorOfTheApplication()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.Send(new byte[1_000_000]));

        using var response = await origin.SendAsync("TEXT 1\r\nx\r\n");

        Assert.Equal(500, (int)response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Controls))]
    public async Task Controls_AsAsked_AreTheControlMessagesOfGrip(string expected, Action<GripWebSocket> ask)
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => ask(socket));

        var answer = await origin.AskAsync("");

        var length = (expected.Length + 2).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"TEXT {length}\r\nc:{expected}\r\n", answer);
    }

    public static TheoryData<string, Action<GripWebSocket>> Controls => new()
    {
        { """{"type":"subscribe","channel":"a"}""", socket => socket.Subscribe("a") },
        { """{"type":"subscribe","channel":"a","filters":["f","g"],"prev-id":"7"}""", socket => socket.Subscribe("a", "7", "f", "g") },
        { """{"type":"unsubscribe","channel":"a"}""", socket => socket.Unsubscribe("a") },
        { """{"type":"detach"}""", socket => socket.Detach() },
        { """{"type":"keep-alive","message-type":"text","content":"{}","timeout":30}""", socket => socket.KeepAlive("{}", TimeSpan.FromSeconds(30)) },
        {
            """{"type":"keep-alive","message-type":"ping","content":"","timeout":1,"mode":"interval"}""",
            socket => socket.KeepAlive(WebSocketMessageType.Ping, default, TimeSpan.FromMilliseconds(1), KeepAliveMode.Interval)
        },
        { """{"type":"keep-alive"}""", socket => socket.StopKeepAlive() },
        { """{"type":"send-delayed","message-type":"text","content":"x","timeout":5}""", socket => socket.SendDelayed("x", TimeSpan.FromSeconds(5)) },
        {
            """{"type":"send-delayed","message-type":"binary","content-bin":"/w==","timeout":5}""",
            socket => socket.SendDelayed(WebSocketMessageType.Binary, new byte[] { 255 }, TimeSpan.FromSeconds(5))
        },
        { """{"type":"flush-delayed"}""", socket => socket.FlushDelayed() },
        { """{"type":"set-meta","name":"user","value":"ann"}""", socket => socket.SetSubscriptionMeta("user", "ann") },
        { """{"type":"set-meta","name":"user"}""", socket => socket.SetSubscriptionMeta("user", null) },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Methods_WithWhatTheWireCannotCarry_Throw(Action<GripWebSocket> mistake)
    {
        Exception? problem = null;
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => problem = Record.Exception(() => mistake(socket)));

        using var response = await origin.SendAsync("");

        Assert.IsAssignableFrom<ArgumentException>(problem);
    }

    public static TheoryData<Action<GripWebSocket>> Mistakes => new()
    {
        socket => socket.Accept("two words"),
        socket => socket.Reject(200),
        socket => socket.Subscribe(""),
        socket => socket.Subscribe("a", null, "1", "2", "3", "4", "5", "6"),
        socket => socket.Ping(new byte[126]),
        socket => socket.Pong(new byte[126]),
        socket => socket.Close(999),
        socket => socket.Close(1000, new string('x', 124)),
        socket => socket.SetConnectionMeta("a b", "x"),
        socket => socket.SetConnectionMeta("a", "x\r\nGrip-Hold: stream"),
        socket => socket.KeepAlive("x", TimeSpan.Zero),
        socket => socket.SendDelayed("x", TimeSpan.FromSeconds(-1)),
        socket => socket.RequestEvery(TimeSpan.FromSeconds(-1)),
    };
}
