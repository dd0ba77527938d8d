using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace GripProxy.OriginSample.Tests;

public sealed class SendMessageTests : IAsyncLifetime
{
    private readonly SampleFixture _sample = new();

    public Task InitializeAsync() => _sample.InitializeAsync();

    public Task DisposeAsync() => _sample.DisposeAsync();

    [Fact]
    public async Task Post_Message_PublishesOneItemWithBothFormats()
    {
        var first = await _sample.Proxy.SendAsync("one");
        var second = await _sample.Proxy.SendAsync("two");

        await _sample.ItemOfAsync("chat-json");
        var item = await _sample.ItemOfAsync("chat-json");

        var formats = item.GetProperty("formats");
        var body = formats.GetProperty("http-response").GetProperty("body").GetString()!;
        Assert.Equal(second, item.GetProperty("id").GetString());
        Assert.Equal(first, item.GetProperty("prev-id").GetString());
        Assert.Equal("two", JsonDocument.Parse(body).RootElement.GetProperty("messages")[0].GetProperty("text").GetString());
        Assert.StartsWith($"id: {second}\ndata: {{", formats.GetProperty("http-stream").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_Message_PublishesAtomOnTheSiblingChannel()
    {
        var id = await _sample.Proxy.SendAsync("one");

        var item = await _sample.ItemOfAsync("chat-atom");

        Assert.Equal(id, item.GetProperty("id").GetString());
        Assert.Contains("<feed ", item.GetProperty("formats").GetProperty("http-response").GetProperty("body").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_WithoutProxy_Works() => Assert.NotEmpty(await _sample.Direct.SendAsync("one"));

    [Theory]
    [InlineData("""{"user":"","text":"x"}""")]
    [InlineData("""{"user":"a\nb","text":"x"}""")]
    [InlineData("""{"user":"a"}""")]
    [InlineData("""{"text":"x"}""")]
    [InlineData("""{"user":"a","text":"   "}""")]
    [InlineData("""{"user":5,"text":"x"}""")]
    [InlineData("nonsense")]
    public async Task Post_BadMessage_IsRefused(string body)
    {
        using var response = await _sample.Proxy.PostAsync("chat/messages", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Post_Heartbeat_AnswersAndPublishesWhoIsThere()
    {
        using var response = await _sample.Proxy.PostAsJsonAsync("chat/people", new { page = "p1", user = "alice", transports = new[] { "sse" } });

        var item = await _sample.ItemOfAsync("chat-people");
        Assert.EndsWith(""","people":[{"user":"alice","transports":["sse"]}]}""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("alice", item.GetProperty("formats").GetProperty("http-stream").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_HeartbeatOfAClosingPage_RemovesIt()
    {
        await _sample.Proxy.PostAsJsonAsync("chat/people", new { page = "p1", user = "alice", transports = new[] { "sse" } });

        using var response = await _sample.Proxy.PostAsJsonAsync("chat/people", new { page = "p1", user = "alice", transports = Array.Empty<string>() });

        Assert.EndsWith(""","people":[]}""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"user":"a","transports":["sse"]}""")]
    [InlineData("""{"page":"p","user":"a","transports":["pigeon"]}""")]
    [InlineData("""{"page":"p","user":"a"}""")]
    public async Task Post_BadHeartbeat_IsRefused(string body)
    {
        using var response = await _sample.Proxy.PostAsync("chat/people", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
