using System.Text;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Publish;

public sealed class PublishEndpointTests
{
    private const string Item = """{"items":[{"channel":"news","formats":{"http-stream":{"content":"x"}}}]}""";

    [Theory]
    [InlineData("/publish")]
    [InlineData("/publish/")]
    [InlineData("/publish/?receipt=x")]
    [InlineData("/realm/any/publish/")]
    public async Task Publish_ValidItem_IsPublished(string path)
    {
        await using var server = await ControlPort.StartAsync();

        var answer = await server.PostAsync(path, Item, "Content-Type: application/octet-stream", "Authorization: Bearer unknown");

        Assert.Equal("HTTP/1.1 200 OK", answer.StatusLine);
        Assert.Equal(("text/plain", "10", "Published\n"), (answer.Header("Content-Type"), answer.Header("Content-Length"), answer.Body));
        Assert.Equal(["news"], server.Published);
    }

    [Fact]
    public async Task Publish_AcceptJson_AnswersJson()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync("/publish/", "{\"items\":[]}", "Accept: application/json");
        Assert.Equal(("application/json", "{\"message\":\"Published\"}\n"), (answer.Header("Content-Type"), answer.Body));
    }

    [Fact]
    public async Task Publish_BadItem_IsTextEvenForJsonClients()
    {
        await using var server = await ControlPort.StartAsync();
        var body = """{"items":[{"channel":"a","formats":{"http-stream":{"content":"x"}}},{"channel":5}]}""";

        var answer = await server.PostAsync("/publish", body, "Accept: application/json");

        Assert.Equal((400, "text/plain"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal("Invalid format: publish item object contains 'channel' with wrong type\n", answer.Body);
        Assert.Empty(server.Published);
    }

    [Fact]
    public async Task Publish_BodyInPieces_IsPutTogether()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();
        var large = Item.Replace("\"x\"", $"\"{new string('y', 300_000)}\"", StringComparison.Ordinal);

        await client.SendRawAsync($"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: {large.Length}\r\n\r\n{large[..10]}");
        await client.SendRawAsync(large[10..]);

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal(["news"], server.Published);
    }

    [Fact]
    public async Task Publish_Chunked_IsRead()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync("POST /publish HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"5\r\n{Item[..5]}\r\n{Item.Length - 5:x}\r\n{Item[5..]}\r\n0\r\n\r\n");

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal(["news"], server.Published);
    }

    [Fact]
    public async Task Publish_ChunkedAboveLimit_IsRefusedAndEnds()
    {
        await using var server = await ControlPort.StartAsync("[handler]\npush_in_http_max_body_size=10\n");
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync("POST /publish HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"b\r\n{new string(' ', 11)}\r\n0\r\n\r\n");

        var answer = await client.ReadAsync();
        Assert.Equal((400, "Request body too large.\n", "close"), (answer.Status, answer.Body, answer.Header("Connection")));
        await client.ExpectCloseAsync();
    }

    [Fact]
    public async Task Publish_BrokenChunk_IsRefusedAndEnds()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync("POST /publish HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

        var answer = await client.ReadAsync();
        Assert.Equal((400, "close"), (answer.Status, answer.Header("Connection")));
        await client.ExpectCloseAsync();
        Assert.Empty(server.Published);
    }

    [Fact]
    public async Task Publish_BodyOfTheLimit_IsAccepted()
    {
        await using var server = await ControlPort.StartAsync($"[handler]\npush_in_http_max_body_size={Item.Length}\n");
        Assert.Equal(200, (await server.PostAsync("/publish", Item)).Status);
        Assert.Equal(400, (await server.PostAsync("/publish", Item + " ")).Status);
    }

    [Fact]
    public async Task Publish_BodyBreaksOff_PublishesNothing()
    {
        await using var server = await ControlPort.StartAsync();
        await using (var client = await server.ConnectAsync())
        {
            await client.SendRawAsync($"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: {Item.Length + 1}\r\n\r\n{Item}");
            client.EndSending();
            await client.ExpectEndAsync();
        }

        Assert.Empty(server.Published);
        Assert.Equal(200, (await server.PostAsync("/publish", Item)).Status);
    }

    [Fact]
    public async Task Publish_ClientResets_OthersGoOn()
    {
        await using var server = await ControlPort.StartAsync();
        await using (var client = await server.ConnectAsync())
        {
            await client.SendRawAsync($"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: {Item.Length}\r\n\r\n{Item[..8]}");
            client.Reset();
        }

        Assert.Equal(200, (await server.PostAsync("/publish", Item)).Status);
        Assert.DoesNotContain(server.LogLines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publish_ExpectContinue_IsHonoured()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync($"POST /publish HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {Item.Length}\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue", (await client.ReadAsync()).StatusLine);
        await client.SendRawAsync(Item);

        Assert.Equal("Published\n", (await client.ReadAsync()).Body);
    }

    [Fact]
    public async Task Publish_SeveralOnOneConnection_AreKeptAlive()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        foreach (var channel in (string[])["a", "b", "c"])
        {
            await client.SendAsync("POST", "/publish/", Item.Replace("news", channel, StringComparison.Ordinal));
            var answer = await client.ReadAsync();
            Assert.Equal((200, null), (answer.Status, answer.Header("Connection")));
        }

        Assert.Equal(["a", "b", "c"], server.Published);
    }

    [Fact]
    public async Task Publish_Pipelined_AreAnsweredInOrder()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();
        var head = $"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: {Encoding.UTF8.GetByteCount(Item)}\r\n\r\n";

        await client.SendRawAsync(head + Item + head + Item + "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal("Published\n", (await client.ReadAsync()).Body);
        Assert.Equal("Published\n", (await client.ReadAsync()).Body);
        Assert.Equal("Pushpin API\n", (await client.ReadAsync()).Body);
    }

    [Fact]
    public async Task Publish_ClientAsksForClose_Closes()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("POST", "/publish/", Item, "Connection: close");

        Assert.Equal("close", (await client.ReadAsync()).Header("Connection"));
        await client.ExpectCloseAsync();
    }

    [Fact]
    public async Task Publish_Http10_IsAnsweredAndCloses()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync($"POST /publish/ HTTP/1.0\r\nContent-Length: {Item.Length}\r\n\r\n{Item}");

        var answer = await client.ReadAsync();
        Assert.Equal((200, "Published\n"), (answer.Status, answer.Body));
        await client.ExpectCloseAsync();
    }

    [Fact]
    public async Task Publish_LineFeedsOnly_AreAccepted()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync($"POST /publish/ HTTP/1.1\nHost: x\nContent-Length: {Item.Length}\n\n{Item}");

        Assert.Equal(200, (await client.ReadAsync()).Status);
    }
}
