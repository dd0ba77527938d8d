using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;

namespace GripProxy.OriginSample.Tests;

public sealed class LongPollTests : IAsyncLifetime
{
    private const string Atom = "application/atom+xml";

    private readonly SampleFixture _sample = new();

    public Task InitializeAsync() => _sample.InitializeAsync();

    public Task DisposeAsync() => _sample.DisposeAsync();

    [Fact]
    public async Task Get_WithoutCursor_AnswersAtOnceWithEverything()
    {
        var id = await _sample.Proxy.SendAsync("hello");

        using var response = await _sample.Proxy.GetAsync("chat/messages");

        var page = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Null(response.Header("Grip-Hold"));
        Assert.Equal($"\"{id}\"", response.Header("ETag"));
        Assert.Equal(id, page.GetProperty("cursor").GetString());
        Assert.Equal("hello", page.GetProperty("messages")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Get_WithOldCursor_AnswersAtOnceWithWhatIsNewer()
    {
        var first = await _sample.Proxy.SendAsync("one");
        await _sample.Proxy.SendAsync("two");
        await _sample.Proxy.SendAsync("three");

        using var response = await _sample.Proxy.GetAsync("chat/messages?after=" + first);

        var page = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Null(response.Header("Grip-Hold"));
        Assert.Equal(["two", "three"], page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Get_WithNewestCursor_IsHeldWithThatCursorAsPrevId()
    {
        var id = await _sample.Proxy.SendAsync("hello");

        using var response = await _sample.Proxy.GetAsync("chat/messages?after=" + id);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("response", response.Header("Grip-Hold"));
        Assert.Equal("chat-json; prev-id=" + id, response.Header("Grip-Channel"));
        Assert.Equal("25", response.Header("Grip-Timeout"));
        Assert.Equal($$"""{"cursor":"{{id}}","gap":false,"messages":[]}""" + "\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Get_NewestCursorAsAtom_IsHeldOnTheSiblingChannel()
    {
        var id = await _sample.Proxy.SendAsync("hello");

        using var response = await _sample.Proxy.GetAsync("chat/messages?after=" + id, "Accept", Atom);

        Assert.Equal("chat-atom; prev-id=" + id, response.Header("Grip-Channel"));
        Assert.Equal(Atom, response.Header("Content-Type"));
        Assert.Equal("Accept", response.Header("Vary"));
    }

    [Fact]
    public async Task Get_AsAtom_IsAFeed()
    {
        await _sample.Proxy.SendAsync("<b>&\u0001", "bob");

        using var response = await _sample.Proxy.GetAsync("chat/messages", "Accept", Atom + ", application/json;q=0.5");

        var feed = XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!;
        var entry = feed.Element(feed.Name.Namespace + "entry")!;
        Assert.Equal("http://www.w3.org/2005/Atom", feed.Name.NamespaceName);
        Assert.Equal("<b>&\uFFFD", entry.Element(feed.Name.Namespace + "content")!.Value);
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/*")]
    [InlineData("application/atom+xml;q=0.5, application/json")]
    [InlineData("text/html")]
    public async Task Get_AtomNotPreferred_IsJson(string accept)
    {
        using var response = await _sample.Proxy.GetAsync("chat/messages", "Accept", accept);

        Assert.Equal("application/json", response.Header("Content-Type"));
    }

    [Fact]
    public async Task Get_MatchingETag_IsHeldAndTimesOutAsNotModified()
    {
        var id = await _sample.Proxy.SendAsync("hello");

        using var response = await _sample.Proxy.GetAsync("chat/messages", "If-None-Match", $"\"{id}\"");

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Equal("response", response.Header("Grip-Hold"));
        Assert.Equal($"\"{id}\"", response.Header("ETag"));
    }

    [Fact]
    public async Task Get_RetryOfTheProxy_GoesOnFromGripLast()
    {
        var first = await _sample.Proxy.SendAsync("one");
        var second = await _sample.Proxy.SendAsync("two");

        using var seen = await _sample.Proxy.GetAsync("chat/messages?after=" + first, "Grip-Last", "chat-json; last-id=" + second);
        using var missed = await _sample.Proxy.GetAsync("chat/messages?after=" + first, "Grip-Last", "chat-json; last-id=" + first);

        Assert.Equal("chat-json; prev-id=" + second, seen.Header("Grip-Channel"));
        Assert.Null(missed.Header("Grip-Hold"));
    }

    [Fact]
    public async Task Get_CursorOlderThanWhatIsKept_TellsTheGap()
    {
        await _sample.Proxy.SendAsync("hello");

        var page = await _sample.Proxy.GetFromJsonAsync<JsonElement>("chat/messages?after=5");

        Assert.True(page.GetProperty("gap").GetBoolean());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public async Task Get_BadCursor_IsRefused(string cursor)
    {
        using var response = await _sample.Proxy.GetAsync("chat/messages?after=" + cursor);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Get_FromAnotherSite_HasCorsHeaders()
    {
        using var response = await _sample.Proxy.GetAsync("chat/messages", "Origin", "http://elsewhere.example");

        Assert.Equal("*", response.Header("Access-Control-Allow-Origin"));
        Assert.Equal("ETag", response.Header("Access-Control-Expose-Headers"));
    }

    [Fact]
    public async Task Options_FromAnotherSite_AllowsWriting()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "chat/messages");
        request.Headers.Add("Origin", "http://elsewhere.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");

        using var response = await _sample.Proxy.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("GET,POST", response.Header("Access-Control-Allow-Methods"));
        Assert.Equal("*", response.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Get_WithoutProxy_SaysWhereTheProxyIs()
    {
        using var response = await _sample.Direct.GetAsync("chat/messages");

        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Null(response.Header("Grip-Hold"));
        Assert.Contains("http://proxy.example:7999/", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithoutProxyInABrowser_IsAPageWithALink()
    {
        using var response = await _sample.Direct.GetAsync("ticker", "Accept", "text/html");

        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Contains("href=\"http://proxy.example:7999/\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
