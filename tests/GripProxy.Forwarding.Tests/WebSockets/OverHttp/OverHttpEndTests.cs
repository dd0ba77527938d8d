using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>How connections end, and what the origin hears of it (WOH-06, WOH-10, WOH-13).</summary>
public sealed class OverHttpEndTests : IAsyncLifetime
{
    private const string Close1000 = "\u0003\u00e8";

    private readonly EventsOrigin _origin = new();
    private readonly OverHttpFront _front = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _front.Dispose();
        await _origin.DisposeAsync();
    }

    [Fact]
    public async Task Close_ByTheClient_IsSentBehindWhatWaitsAndAnswered()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        await connection.WriteTextAsync("2");
        await connection.WriteAsync(WebSocketPartKind.Text, "unfinished", isLast: false);
        await connection.WriteAsync(WebSocketPartKind.Close, Close1000);
        await first.AnswerAsync("");
        var last = await _origin.NextAsync();
        Assert.Equal($"TEXT 1\r\n2\r\nCLOSE 2\r\n{Close1000}\r\n", last.Body);
        await last.AnswerAsync($"TEXT 3\r\nbye\r\nCLOSE 2\r\n{Close1000}\r\nTEXT 1\r\nx\r\n");

        Assert.Equal("Text bye", await connection.ReadTextAsync());
        Assert.Equal($"Close {Close1000}", await connection.ReadTextAsync());
        Assert.Equal("Lost", await connection.ReadTextAsync());
        Assert.False(await connection.WriteTextAsync("late"));
    }

    [Fact]
    public async Task Close_ByTheClientWhilePartsAreUnread_DoesNotWait()
    {
        var connection = await _front.OpenAsync(_origin, events: "TEXT 1\r\na\r\n");
        await connection.WriteAsync(WebSocketPartKind.Close, "");
        var close = await _origin.NextAsync();
        await close.AnswerAsync("TEXT 1\r\nb\r\nCLOSE\r\n");

        Assert.Equal("Text a", await connection.ReadTextAsync());
        Assert.Equal("Text b", await connection.ReadTextAsync());
        Assert.Equal("Close", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task Close_NotAnswered_IsAnUncleanEnd()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteAsync(WebSocketPartKind.Close, "");
        await (await _origin.NextAsync()).AnswerAsync("TEXT 1\r\na\r\n");

        Assert.Equal("Text a", await connection.ReadTextAsync());
        Assert.Equal("Lost", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task Close_NotAnsweredButKeptAlive_IsAskedForAgain()
    {
        var connection = await _front.OpenAsync(_origin, headers: "Keep-Alive-Interval: 20");
        await connection.WriteAsync(WebSocketPartKind.Close, "");
        await (await _origin.NextAsync()).AnswerAsync("TEXT 1\r\na\r\n");
        Assert.Equal("Text a", await connection.ReadTextAsync());
        var next = connection.ReadTextAsync();
        _front.Time.Advance(TimeSpan.FromSeconds(21));
        var poll = await _origin.NextAsync();
        Assert.Equal("", poll.Body);
        await poll.AnswerAsync("CLOSE\r\n");

        Assert.Equal("Close", await next);
    }

    [Fact]
    public async Task Close_AndAbortAtOnce_IsStillSentAndNoDisconnectFollows()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        await connection.WriteAsync(WebSocketPartKind.Close, "");
        connection.Abort();
        await first.AnswerAsync("");
        var close = await _origin.NextAsync();
        Assert.Equal("CLOSE\r\n", close.Body);
        await close.AnswerAsync("");
        await _front.Logs.NextAsync("OverHttpDialer");

        Assert.Equal(3, _origin.Count);
    }

    [Fact]
    public async Task Close_ByTheOrigin_IsPassedOnAndAnsweredWithTheClients()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        await (await _origin.NextAsync()).AnswerAsync("CLOSE 5\r\n\u000f\u00a1bye\r\nTEXT 1\r\nx\r\n");
        Assert.Equal("Close \u000f\u00a1bye", await connection.ReadTextAsync());
        Assert.True(await connection.WriteAsync(WebSocketPartKind.Close, "\u000f\u00a1"));
        var last = await _origin.NextAsync();
        Assert.Equal("CLOSE 2\r\n\u000f\u00a1\r\n", last.Body);
        await last.AnswerAsync("");
        connection.Abort();

        Assert.False(await connection.WriteTextAsync("late"));
    }

    [Theory]
    [InlineData("CLOSE 1\r\nx\r\n", "Close")]
    [InlineData("CLOSE 0\r\n\r\n", "Close")]
    [InlineData("CLOSE 2\r\n\0\0\r\n", "Close")]
    [InlineData("CLOSE 4\r\n\u0003\u00edhi\r\n", "Close")]
    public async Task Close_ByTheOriginWithoutACodeForFrames_HasNoContent(string events, string expected) =>
        Assert.Equal(expected, await (await _front.OpenAsync(_origin, events: events)).ReadTextAsync());

    [Fact]
    public async Task Close_ByTheOriginWithALongReason_FitsIntoAFrame()
    {
        var connection = await _front.OpenAsync(_origin, events: $"CLOSE a2\r\n{Close1000}{new string('r', 160)}\r\n");

        Assert.Equal($"Close {Close1000}{new string('r', 123)}", await connection.ReadTextAsync());
    }

    [Theory]
    [InlineData("TEXT 1\r\na\r\nDISCONNECT\r\nTEXT 1\r\nb\r\n")]
    [InlineData("TEXT 1\r\na\r\nOPEN\r\nTEXT 1\r\nb\r\n")]
    public async Task Disconnect_ByTheOrigin_DropsTheClientAfterWhatCameBefore(string events)
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        await (await _origin.NextAsync()).AnswerAsync(events);

        Assert.Equal("Text a", await connection.ReadTextAsync());
        Assert.Equal("Lost", await connection.ReadTextAsync());
        connection.Abort();
        Assert.False(await connection.WriteTextAsync("late"));
    }

    [Fact]
    public async Task Farewells_AreSaid_WhenTheOriginHasHeardOfAClientThatIsGone()
    {
        var connection = await _front.OpenAsync(_origin);
        await _front.FarewellsAsync();

        connection.Abort();
        await ExpectFarewellAsync();
    }

    [Fact]
    public async Task Farewells_OfAnOriginThatIsAskedAboutItsClient_CountFromTheMomentItLeaves()
    {
        var asked = _front.Prepare(_origin);
        asked.Leave();
        await ExpectFarewellAsync();
    }

    private async Task ExpectFarewellAsync()
    {
        var said = _front.FarewellsAsync();
        var last = await _origin.NextAsync();
        Assert.Equal("DISCONNECT\r\n", last.Body);
        Assert.False(said.IsCompleted);
        await last.AnswerAsync("");

        await said;
    }

    [Fact]
    public async Task Abort_Idle_SendsDisconnectAlone()
    {
        var connection = await _front.OpenAsync(_origin);
        var reading = connection.ReadTextAsync();
        connection.Abort();
        connection.Abort();
        var last = await _origin.NextAsync();
        Assert.Equal("DISCONNECT\r\n", last.Body);
        await last.AnswerRawAsync("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal("Lost", await reading);
        Assert.False(await connection.WriteTextAsync("late"));
    }

    [Fact]
    public async Task Abort_WhileARequestIsUnderWay_DisconnectComesAfterItAndWithoutWhatWaits()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        await connection.WriteTextAsync("2");
        connection.Abort();
        Assert.Equal("Lost", await connection.ReadTextAsync());
        await first.AnswerAsync("TEXT 1\r\na\r\n");

        Assert.Equal("DISCONNECT\r\n", (await _origin.NextAsync()).Body);
        Assert.Equal("Lost", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task Abort_OriginHangs_RequestIsCutAndDisconnectSent()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        await _origin.NextAsync();
        connection.Abort();
        _front.Time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal("DISCONNECT\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task Abort_WriterWaits_ItIsToldThatNothingCanBeWritten()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync(new string('a', 200_000));
        await _origin.NextAsync();
        var waiting = connection.WriteTextAsync("b");
        connection.Abort();

        Assert.False(await waiting);
    }

    [Fact]
    public async Task Abort_MoreThanThereMayBeClients_OriginIsNotTold()
    {
        using var front = new OverHttpFront(new ForwardingOptions { MaxClients = 1 });
        var one = await front.OpenAsync(_origin);
        var two = await front.OpenAsync(_origin);
        one.Abort();
        var first = await _origin.NextAsync();
        two.Abort();
        await first.AnswerAsync("");
        var three = await front.OpenAsync(_origin);
        Assert.Equal(4, _origin.Count);
        three.Abort();

        Assert.Equal("DISCONNECT\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task Abort_MoreThanThereMayBeClients_RequestUnderWayIsCut()
    {
        using var front = new OverHttpFront(new ForwardingOptions { MaxClients = 1 });
        var one = await front.OpenAsync(_origin);
        var two = await front.OpenAsync(_origin);
        one.Abort();
        await _origin.NextAsync();
        await two.WriteTextAsync("1");
        var hanging = await _origin.NextAsync();
        two.Abort();
        await hanging.Ended;

        Assert.Equal("Lost", await two.ReadTextAsync());
    }
}
