using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.OriginSample.Tests;

public sealed class ChatSocketTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    [Fact]
    public async Task Open_WithoutACursor_SubscribesAndSendsWhatThereIs()
    {
        var first = await sample.Proxy.SendAsync("what there is");

        var (said, subscribed) = await AskAsync("chat/socket", Open);

        Assert.Equal(["ticker", "chat-people", "chat-json"], subscribed.Select(channel => channel.GetProperty("channel").GetString()));
        Assert.True(long.Parse(subscribed[2].GetProperty("prev-id").GetString()!) >= long.Parse(first));
        Assert.Contains(said, text => Is(text, "message", first));
        Assert.Equal("people", said[^1].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Open_WithACursor_SendsOnlyWhatCameAfterIt()
    {
        var first = await sample.Proxy.SendAsync("seen");
        var second = await sample.Proxy.SendAsync("missed");

        var (said, _) = await AskAsync("chat/socket?after=" + first, Open);

        Assert.DoesNotContain(said, text => Is(text, "message", first));
        Assert.Contains(said, text => Is(text, "message", second));
    }

    [Fact]
    public async Task Open_AfterVeryLongMessages_SendsTheNewestThatFitAndSaysSo()
    {
        var last = "";
        for (var i = 0; i < 100; i++)
            last = await sample.Proxy.SendAsync(new string('\u0001', NewMessage.MaxText));

        var (said, _) = await AskAsync("chat/socket", Open);

        Assert.Equal("gap", said[0].GetProperty("type").GetString());
        Assert.Contains(said, text => Is(text, "message", last));
    }

    [Fact]
    public async Task Request_WithGripLast_SendsWhatTheProxyMissed()
    {
        var first = await sample.Proxy.SendAsync("arrived");
        var second = await sample.Proxy.SendAsync("got lost");

        var (said, subscribed) = await AskAsync("chat/socket", [], "Grip-Last", "chat-json; last-id=" + first);

        Assert.True(Is(Assert.Single(said), "message", second));
        Assert.Equal(second, Assert.Single(subscribed).GetProperty("prev-id").GetString());
    }

    [Fact]
    public async Task Text_WithAMessage_IsStoredPublishedAndConfirmed()
    {
        var (said, _) = await AskAsync("chat/socket", Text("""{"ref":7,"user":"bob","text":"by socket"}"""));

        var sent = Assert.Single(said);
        Assert.Equal("sent", sent.GetProperty("type").GetString());
        Assert.Equal(7, sent.GetProperty("data").GetProperty("ref").GetInt32());
        Assert.True(sent.GetProperty("data").GetProperty("published").GetBoolean());
        var id = sent.GetProperty("data").GetProperty("id").GetString()!;
        JsonElement item;
        do
            item = await sample.ItemOfAsync("chat-json");
        while (item.GetProperty("id").GetString() != id);
        using var message = JsonDocument.Parse(item.GetProperty("formats").GetProperty("ws-message").GetProperty("content").GetString()!);
        Assert.True(Is(message.RootElement, "message", id));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("""{"ref":"x"}""")]
    [InlineData("""{"ref":1,"user":"","text":"x"}""")]
    [InlineData("""{"ref":1,"user":"bob"}""")]
    [InlineData("null")]
    public async Task Text_WithoutAMessage_IsAnsweredWithTheProblem(string text)
    {
        var (said, _) = await AskAsync("chat/socket", Text(text));

        Assert.Equal("problem", Assert.Single(said).GetProperty("type").GetString());
    }

    private static byte[] Open { get; } = Body(WebSocketEventType.Open, "");

    private static byte[] Text(string text) => Body(WebSocketEventType.Text, text);

    private static byte[] Body(WebSocketEventType type, string content)
    {
        var body = new ArrayBufferWriter<byte>();
        WebSocketEventWriter.Write(body, type, Encoding.UTF8.GetBytes(content));
        return body.WrittenSpan.ToArray();
    }

    private static bool Is(JsonElement text, string type, string id) =>
        text.GetProperty("type").GetString() == type && text.GetProperty("data").GetProperty("id").GetString() == id;

    // What the page gets, and the subscriptions that the proxy gets.
    private async Task<(List<JsonElement> Said, List<JsonElement> Subscribed)> AskAsync(
        string target, byte[] events, string header = "X-Nothing", string value = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target);
        request.Content = new ByteArrayContent(events) { Headers = { ContentType = new MediaTypeHeaderValue(WebSocketEventWriter.ContentType) } };
        request.Headers.Add("Connection-Id", "c1");
        request.Headers.Add(header, value);
        using var response = await sample.Proxy.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);

        var said = new List<JsonElement>();
        var subscribed = new List<JsonElement>();
        var reader = new WebSocketEventReader(await response.Content.ReadAsByteArrayAsync());
        while (reader.TryRead(out var answer))
        {
            if (answer.Type != WebSocketEventType.Text)
                continue;
            using var json = JsonDocument.Parse(answer.Text[2..]);
            if (answer.Text.StartsWith("m:", StringComparison.Ordinal))
                said.Add(json.RootElement.Clone());
            else if (json.RootElement.GetProperty("type").GetString() == "subscribe")
                subscribed.Add(json.RootElement.Clone());
        }

        return (said, subscribed);
    }
}
