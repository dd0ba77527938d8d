using GripProxy.Forwarding.WebSockets.OverHttp;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>Requests that nobody's message asks for (WOH-09, WOH-15, LOG-08).</summary>
public sealed class OverHttpScheduleTests : IAsyncLifetime
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
    [InlineData("1", 20)]
    [InlineData("20", 20)]
    [InlineData(" 45 ", 45)]
    [InlineData("0", -1)]
    [InlineData("-5", -1)]
    [InlineData("soon", -1)]
    [InlineData("", -1)]
    [InlineData("2147483647", 4_000_000)]
    [InlineData("99999999999", -1)]
    public void SetKeepAlive_Value_IsAtLeastTwentySecondsOrOff(string value, int seconds)
    {
        var schedule = new OverHttpSchedule(new Random(1));
        schedule.SetKeepAlive("100");
        schedule.SetKeepAlive(value);

        Assert.Equal(seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds), schedule.KeepAlive);
    }

    [Fact]
    public void SetKeepAlive_NoHeader_ChangesNothing()
    {
        var schedule = new OverHttpSchedule(new Random(1));
        schedule.SetKeepAlive("30");
        schedule.SetKeepAlive(null);

        Assert.Equal(TimeSpan.FromSeconds(30), schedule.KeepAlive);
    }

    [Fact]
    public void NextRetry_FiveTimes_DoublesAndEnds()
    {
        var schedule = new OverHttpSchedule(new Random(1));
        foreach (var seconds in new[] { 1, 2, 4, 8, 16 })
            Assert.InRange(schedule.NextRetry()!.Value.TotalSeconds, seconds, seconds + 0.999);

        Assert.Null(schedule.NextRetry());
        schedule.Reset();
        Assert.InRange(schedule.NextRetry()!.Value.TotalSeconds, 1, 1.999);
    }

    [Fact]
    public async Task KeepAlive_Silence_IsBrokenByEmptyRequests()
    {
        var connection = await _front.OpenAsync(_origin, headers: "Keep-Alive-Interval: 1");
        _ = connection.ReadTextAsync();
        _front.Time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Equal(1, _origin.Count);
        _front.Time.Advance(TimeSpan.FromSeconds(0.2));
        var first = await _origin.NextAsync();

        Assert.Equal(("", "0"), (first.Body, first.Request.Header("Content-Length")));
        Assert.Equal("application/websocket-events", first.Request.Header("Content-Type"));
    }

    [Fact]
    public async Task KeepAlive_AnyRequest_StartsTheIntervalAnew()
    {
        var connection = await _front.OpenAsync(_origin, headers: "Keep-Alive-Interval: 20");
        var next = connection.ReadTextAsync();
        _front.Time.Advance(TimeSpan.FromSeconds(15));
        await connection.WriteTextAsync("1");
        await (await _origin.NextAsync()).AnswerAsync("TEXT 1\r\na\r\n");
        await next;
        next = connection.ReadTextAsync();
        _front.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(2, _origin.Count);
        _front.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task KeepAlive_TurnedOff_StaysSilent()
    {
        var connection = await _front.OpenAsync(_origin, headers: "Keep-Alive-Interval: 20");
        var next = connection.ReadTextAsync();
        await connection.WriteTextAsync("1");
        await (await _origin.NextAsync()).AnswerAsync("TEXT 1\r\na\r\n", "Keep-Alive-Interval: 0");
        await next;
        next = connection.ReadTextAsync();
        _front.Time.Advance(TimeSpan.FromHours(1));
        await connection.WriteTextAsync("2");

        Assert.Equal("TEXT 1\r\n2\r\n", (await _origin.NextAsync()).Body);
        Assert.Equal(3, _origin.Count);
    }

    [Fact]
    public async Task Refresh_Idle_AsksAtOnce()
    {
        var connection = await _front.OpenAsync(_origin);
        _ = connection.ReadTextAsync();
        connection.Refresh();

        Assert.Equal("", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task Refresh_WhileARequestIsUnderWay_AsksOnceMoreAfterIt()
    {
        var connection = await _front.OpenAsync(_origin);
        _ = connection.ReadTextAsync();
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        connection.Refresh();
        connection.Refresh();
        await first.AnswerAsync("");
        var second = await _origin.NextAsync();
        Assert.Equal("", second.Body);
        await second.AnswerAsync("");
        await connection.WriteTextAsync("2");

        Assert.Equal("TEXT 1\r\n2\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task Refresh_Closing_DoesNothing()
    {
        var connection = await _front.OpenAsync(_origin, headers: "Keep-Alive-Interval: 20");
        var next = connection.ReadTextAsync();
        await connection.WriteAsync(GripProxy.Protocol.WebSockets.WebSocketPartKind.Close, "");
        await (await _origin.NextAsync()).AnswerAsync("TEXT 1\r\na\r\n");
        await next;
        _ = connection.ReadTextAsync();
        connection.Refresh();
        Assert.False(connection.TryRecover("news", "7", "behind"));
        connection.Abort();

        Assert.Equal("DISCONNECT\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task TryRecover_Channels_AreToldWithOneRequest()
    {
        var connection = await _front.OpenAsync(_origin);
        _ = connection.ReadTextAsync();
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        Assert.True(connection.TryRecover("news", "6", "gap"));
        Assert.True(connection.TryRecover("caf\u00e9", null, "epoch"));
        Assert.True(connection.TryRecover("news", "7", "behind"));
        Assert.Null(first.Request.Header("Grip-Missed"));
        await first.AnswerAsync("");
        var second = await _origin.NextAsync();

        Assert.Equal(
            ("", "news; last-id=7", "caf\u00c3\u00a9; reason=epoch, news; reason=behind"),
            (second.Body, second.Request.Header("Grip-Last"), second.Request.Header("Grip-Missed")));
        await second.AnswerAsync("");
        connection.Refresh();
        Assert.Null((await _origin.NextAsync()).Request.Header("Grip-Missed"));
    }
}
