using System.Net;

namespace GripProxy.OriginSample.Tests;

public sealed class PlainPagesTests : IAsyncLifetime
{
    private readonly SampleFixture _sample = new();

    public Task InitializeAsync() => _sample.InitializeAsync();

    public Task DisposeAsync() => _sample.DisposeAsync();

    [Fact]
    public async Task Root_IsTheDemoPage()
    {
        using var response = await _sample.Direct.GetAsync("");

        Assert.Equal("text/html", response.Header("Content-Type"));
        Assert.StartsWith("default-src 'self'", response.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("data-testid=\"messages-longpoll\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("page.css", "text/css")]
    [InlineData("page.js", "text/javascript")]
    [InlineData("long-poll.js", "text/javascript")]
    [InlineData("event-stream.js", "text/javascript")]
    [InlineData("pane.js", "text/javascript")]
    [InlineData("people.js", "text/javascript")]
    [InlineData("windows.js", "text/javascript")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Files_OfThePage_AreServed(string file, string type)
    {
        using var response = await _sample.Direct.GetAsync(file);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Header("Content-Type"));
    }

    [Theory]
    [InlineData("plain/hello")]
    [InlineData("plain/time")]
    [InlineData("plain/big")]
    public async Task Plain_Pages_CarryNoGrip(string target)
    {
        using var response = await _sample.Direct.GetAsync(target);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Big_Page_HasFiveMebibytes() =>
        Assert.Equal(5 * 1024 * 1024, (await _sample.Direct.GetByteArrayAsync("plain/big")).Length);

    [Fact]
    public async Task Echo_Body_ComesBackWithItsType()
    {
        var body = new byte[200_000];
        body.AsSpan().Fill(7);
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/x-test") } };

        using var response = await _sample.Direct.PostAsync("plain/echo", content);

        Assert.Equal("application/x-test", response.Header("Content-Type"));
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }
}
