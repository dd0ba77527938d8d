namespace GripProxy.OriginSample.Tests;

public sealed class StreamTests : IAsyncLifetime
{
    private const string Channels = "ticker | chat-people | chat-json; prev-id=";

    private readonly SampleFixture _sample = new();

    public Task InitializeAsync() => _sample.InitializeAsync();

    public Task DisposeAsync() => _sample.DisposeAsync();

    [Fact]
    public async Task ChatStream_NewClient_GetsTheChatAndIsHeldOnThreeChannels()
    {
        var id = await _sample.Proxy.SendAsync("hello");

        using var response = await _sample.Proxy.GetAsync("chat/stream");

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/event-stream", response.Header("Content-Type"));
        Assert.Equal("no-cache", response.Header("Cache-Control"));
        Assert.Equal("stream", response.Header("Grip-Hold"));
        Assert.Equal(Channels + id, response.Header("Grip-Channel"));
        Assert.Equal($"</chat/stream?after={id}>; rel=next; timeout=120", response.Header("Grip-Link"));
        Assert.Equal(":\\n\\n; format=cstring; timeout=20", response.Header("Grip-Keep-Alive"));
        Assert.StartsWith($"retry: 1000\n\nid: {id}\ndata: {{", text, StringComparison.Ordinal);
        Assert.EndsWith(",\"people\":[]}\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChatStream_LastEventId_ReplaysWhatCameAfterIt()
    {
        var first = await _sample.Proxy.SendAsync("one");
        await _sample.Proxy.SendAsync("two");

        using var response = await _sample.Proxy.GetAsync("chat/stream?after=5", "Last-Event-ID", first);

        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("\"one\"", text, StringComparison.Ordinal);
        Assert.Contains("\"two\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChatStream_NextLinkOfTheProxy_GivesOnlyWhatIsMissing()
    {
        var first = await _sample.Proxy.SendAsync("one");
        var second = await _sample.Proxy.SendAsync("two");

        using var response = await _sample.Proxy.GetAsync("chat/stream?after=5", "Grip-Last", "chat-json; last-id=" + first);
        using var nothing = await _sample.Proxy.GetAsync("chat/stream?after=5", "Grip-Last", "chat-json; last-id=" + second);

        Assert.StartsWith($"id: {second}\ndata: ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Channels + second, response.Header("Grip-Channel"));
        Assert.Equal("", await nothing.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Ticker_Client_IsHeldWithoutABody()
    {
        using var response = await _sample.Proxy.GetAsync("ticker");

        Assert.Equal("stream", response.Header("Grip-Hold"));
        Assert.Equal("ticker", response.Header("Grip-Channel"));
        Assert.Equal("text/event-stream", response.Header("Content-Type"));
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Ticker_Service_PublishesEvents()
    {
        var item = await _sample.ItemOfAsync("ticker");

        var content = item.GetProperty("formats").GetProperty("http-stream").GetProperty("content").GetString();
        Assert.StartsWith("event: tick\ndata: {\"count\":1,", content, StringComparison.Ordinal);
    }
}
