using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>What goes to and fro on an open connection (WOH-05…08, DIF-43, RTE-37).</summary>
public sealed class OverHttpMessageTests : IAsyncLifetime
{
    private readonly EventsOrigin _origin = new();
    private readonly OverHttpFront _front = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _front.Dispose();
        await _origin.DisposeAsync();
    }

    [Theory]
    [InlineData(WebSocketPartKind.Text, "hello", "TEXT 5\r\nhello\r\n")]
    [InlineData(WebSocketPartKind.Text, "", "TEXT 0\r\n\r\n")]
    [InlineData(WebSocketPartKind.Binary, "abcdefghijklmnopqrst", "BINARY 14\r\nabcdefghijklmnopqrst\r\n")]
    [InlineData(WebSocketPartKind.Ping, "", "PING\r\n")]
    [InlineData(WebSocketPartKind.Ping, "p", "PING 1\r\np\r\n")]
    [InlineData(WebSocketPartKind.Pong, "", "PONG\r\n")]
    [InlineData(WebSocketPartKind.Close, "\u0003\u00e8bye", "CLOSE 5\r\n\u0003\u00e8bye\r\n")]
    [InlineData(WebSocketPartKind.Close, "", "CLOSE\r\n")]
    public async Task WriteAsync_Part_IsSentAtOnceAsAnEvent(WebSocketPartKind kind, string content, string body)
    {
        var connection = await _front.OpenAsync(_origin);
        Assert.True(await connection.WriteAsync(kind, content));

        Assert.Equal(body, (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task WriteAsync_Fragments_AreOneEventBehindControlFramesBetween()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteAsync(WebSocketPartKind.Text, "ab", isLast: false);
        await connection.WriteAsync(WebSocketPartKind.Ping, "");
        var ping = await _origin.NextAsync();
        Assert.Equal("PING\r\n", ping.Body);
        await connection.WriteAsync(WebSocketPartKind.Text, "", isFirst: false, isLast: false);
        await connection.WriteAsync(WebSocketPartKind.Text, "c", isFirst: false);
        await ping.AnswerAsync("");

        Assert.Equal("TEXT 3\r\nabc\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task WriteAsync_WhileARequestIsUnderWay_IsBatchedIntoTheNext()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        await connection.WriteTextAsync("2");
        await connection.WriteAsync(WebSocketPartKind.Binary, "3");
        await first.AnswerAsync("TEXT 1\r\na\r\n");
        Assert.Equal("Text a", await connection.ReadTextAsync());
        _ = connection.ReadTextAsync();

        Assert.Equal("TEXT 1\r\n2\r\nBINARY 1\r\n3\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task WriteAsync_OneEvent_OneIsSentInEachRequest()
    {
        var connection = await _front.OpenAsync(_origin, ",one_event");
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        await connection.WriteTextAsync("");
        await connection.WriteTextAsync("3");
        await connection.WriteAsync(WebSocketPartKind.Close, "");
        await first.AnswerAsync("");
        foreach (var expected in new[] { "TEXT 0\r\n\r\n", "TEXT 1\r\n3\r\n", "CLOSE\r\n" })
        {
            var next = await _origin.NextAsync();
            Assert.Equal(expected, next.Body);
            await next.AnswerAsync("");
        }
    }

    [Fact]
    public async Task ReadAsync_AnswersOfSeveralRequests_ComeInOrder()
    {
        var connection = await _front.OpenAsync(_origin);
        for (var i = 0; i < 3; i++)
        {
            var next = connection.ReadTextAsync();
            await connection.WriteTextAsync("go");
            await (await _origin.NextAsync()).AnswerAsync($"TEXT 1\r\n{i}\r\nHELLO 1\r\nx\r\nBINARY 0\r\n\r\nPONG 1\r\np\r\n");
            Assert.Equal($"Text {i}", await next);
            Assert.Equal("Binary", await connection.ReadTextAsync());
            Assert.Equal("Pong p", await connection.ReadTextAsync());
        }
    }

    [Fact]
    public async Task ReadAsync_ChunkedAnswerInPieces_IsJoined()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("go");
        await (await _origin.NextAsync()).AnswerRawAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nTEXT\r\n6\r\n 1\r\na\r\r\n1\r\n\n\r\n0\r\n\r\n");

        Assert.Equal("Text a", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task ReadAsync_LongMessage_ComesInFragments()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("go");
        await (await _origin.NextAsync()).AnswerAsync($"TEXT 8001\r\n{new string('x', 32769)}\r\nTEXT 4000\r\n{new string('y', 16384)}\r\n");
        var parts = new List<(int Length, bool IsFirst, bool IsLast)>();
        for (var i = 0; i < 4; i++)
        {
            var part = await connection.ReadAsync();
            parts.Add((part.Content.Length, part.IsFirst, part.IsLast));
        }

        Assert.Equal([(16384, true, false), (16384, false, false), (1, false, true), (16384, true, true)], parts);
    }

    [Fact]
    public async Task ReadAsync_LargestAnswer_Passes()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("go");
        await (await _origin.NextAsync()).AnswerAsync($"TEXT f4231\r\n{new string('x', 999_985)}\r\n");
        var length = 0;
        WebSocketPart part;
        do
        {
            part = await connection.ReadAsync();
            length += part.Content.Length;
        }
        while (!part.IsLast);

        Assert.Equal(999_985, length);
    }

    [Fact]
    public async Task WriteAsync_PartsUnread_NoRequestIsMadeBeforeTheyAreRead()
    {
        var connection = await _front.OpenAsync(_origin, events: "TEXT 1\r\na\r\nTEXT 1\r\nb\r\n");
        await connection.WriteTextAsync("1");
        await connection.ReadTextAsync();
        await connection.WriteTextAsync("2");
        await connection.ReadTextAsync();
        await connection.WriteTextAsync("3");
        Assert.Equal(1, _origin.Count);
        _ = connection.ReadTextAsync();

        Assert.Equal("TEXT 1\r\n1\r\nTEXT 1\r\n2\r\nTEXT 1\r\n3\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task WriteAsync_NoRoom_WaitsUntilTheOriginHasAccepted()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync(new string('a', 150_000));
        var first = await _origin.NextAsync();
        await connection.WriteTextAsync(new string('b', 50_000));
        var waiting = connection.WriteTextAsync("c");
        Assert.False(waiting.IsCompleted);
        await first.AnswerAsync("");
        var second = await _origin.NextAsync();
        Assert.True(await waiting);
        await second.AnswerAsync("");

        var third = second.Body.EndsWith("TEXT 1\r\nc\r\n", StringComparison.Ordinal) ? second : await _origin.NextAsync();
        Assert.EndsWith("TEXT 1\r\nc\r\n", third.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_ManyEmptyMessages_WaitToo()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        await _origin.NextAsync();
        Task<bool> last = Task.FromResult(true);
        for (var i = 0; i < 10_000; i++)
            last = connection.WriteTextAsync("");

        Assert.False(last.IsCompleted);
        connection.Abort();
        Assert.False(await last);
    }

    [Fact]
    public async Task WriteAsync_LongestMessage_Passes()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteAsync(WebSocketPartKind.Text, new string('a', 150_000), isLast: false);
        await connection.WriteAsync(WebSocketPartKind.Text, new string('a', 50_000), isFirst: false);

        Assert.Equal("TEXT 30d40\r\n".Length + 200_000 + 2, (await _origin.NextAsync()).Body.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAsync_LongerMessage_ClosesTheClientWith1009AndTellsTheOrigin(bool inFragments)
    {
        var connection = await _front.OpenAsync(_origin);
        if (inFragments)
            await connection.WriteAsync(WebSocketPartKind.Text, new string('a', 200_000), isLast: false);
        Assert.True(await connection.WriteAsync(WebSocketPartKind.Text, inFragments ? "a" : new string('a', 200_001), isFirst: !inFragments));
        Assert.Equal("Close \u0003\u00f1message too long", await connection.ReadTextAsync());
        await connection.WriteTextAsync("dropped");
        await connection.WriteAsync(WebSocketPartKind.Close, "\u0003\u00f1");

        Assert.Equal("CLOSE 2\r\n\u0003\u00f1\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task Meta_SetByTheOrigin_ComesBackUntilDeleted()
    {
        var connection = await _front.OpenAsync(_origin, headers: ["Set-Meta-User: alice", "set-meta-Old: x", "Set-Meta-: y"]);
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        Assert.Equal(("alice", "x"), (first.Request.Header("Meta-User"), first.Request.Header("Meta-Old")));
        await first.AnswerAsync("", "Set-Meta-user: bob", "Set-Meta-OLD: ", "Set-Meta-Color: red");
        await connection.WriteTextAsync("2");
        var second = await _origin.NextAsync();

        Assert.Equal("Meta-user: bob, Meta-Color: red", string.Join(", ", second.Request.Headers.Where(h => h.Key.StartsWith("Meta-", StringComparison.Ordinal)).Select(h => $"{h.Key}: {h.Value}")));
    }

    [Fact]
    public async Task AutoPong_ClientPing_IsAnsweredByUsAndNotPassedOn()
    {
        var connection = await _front.OpenAsync(_origin, ",auto_pong");
        await connection.WriteAsync(WebSocketPartKind.Ping, "p");
        Assert.Equal("Pong p", await connection.ReadTextAsync());
        await connection.WriteTextAsync("1");

        Assert.Equal("TEXT 1\r\n1\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task AutoPong_SeveralUnread_OnlyTheLastIsAnswered()
    {
        var connection = await _front.OpenAsync(_origin, ",auto_pong", "TEXT 1\r\na\r\n");
        await connection.WriteAsync(WebSocketPartKind.Ping, "1");
        await connection.WriteAsync(WebSocketPartKind.Ping, "2");

        Assert.Equal("Pong 2", await connection.ReadTextAsync());
        Assert.Equal("Text a", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task WriteAsync_OfReusedMemory_KeepsWhatWasWritten()
    {
        var connection = await _front.OpenAsync(_origin);
        var memory = Encoding.ASCII.GetBytes("first");
        await connection.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, memory));
        var first = await _origin.NextAsync();
        await connection.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, memory));
        Encoding.ASCII.GetBytes("later").CopyTo(memory, 0);
        await first.AnswerAsync("");

        Assert.Equal("TEXT 5\r\nfirst\r\n", (await _origin.NextAsync()).Body);
    }
}
