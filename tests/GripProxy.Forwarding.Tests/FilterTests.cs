using System.Text;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;

namespace GripProxy.Forwarding.Tests;

/// <summary>Filters where an origin's answer is passed on, and those that ask the origin (FLT-06, FLT-08).</summary>
public sealed class FilterTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Hold = "HTTP/1.1 200 OK\r\nGrip-Hold: stream\r\nGrip-Channel: c; filter=";

    [Fact]
    public async Task Handle_NoHoldWithBuildId_FiltersTheBody()
    {
        await using var origin = RawOrigin.Answering(
            "HTTP/1.1 200 OK\r\nGrip-Channel: c; filter=build-id\r\nGrip-Set-Meta: id_format=x, id_encoding=hex\r\nContent-Length: 11\r\n\r\nid: %(AZ)I\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((200, "id: 415a\n", "9"), (response.Code, response.Body, response.Header("Content-Length")));
    }

    [Theory]
    [InlineData(false, "Error while proxying to origin.\n")]
    [InlineData(true, "filter error: build-id: No ID specified and no default ID in context\n")]
    public async Task Handle_NoHoldAndBodyThatCannotBeFiltered_Is502(bool debug, string expected)
    {
        await using var origin = RawOrigin.Answering(
            "HTTP/1.1 200 OK\r\nGrip-Channel: c; filter=build-id\r\nGrip-Set-Meta: id_format=x\r\nContent-Length: 2\r\n\r\n%I");
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { Debug = debug }, $"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, "text/plain", expected), (response.Code, response.Header("Content-Type"), response.Body));
    }

    [Fact]
    public async Task Handle_LongStreamBeginningWithBuildId_Is502()
    {
        await using var origin = RawOrigin.Answering(
            $"{Hold}build-id\r\nGrip-Set-Meta: id_format=x\r\nContent-Length: 100001\r\n\r\n{new string('b', 100_001)}");
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { Debug = true }, $"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, $"GRIP instruct response too large from {origin.Address}\n"), (response.Code, response.Body));
    }

    [Fact]
    public async Task Handle_HttpModify_AsksTheOriginThroughTheRoute()
    {
        await using var origin = RawOrigin.Answering(request => request.Line.StartsWith("GET", StringComparison.Ordinal)
            ? $"{Hold}http-modify\r\nGrip-Set-Meta: url=/modify?a, user=al\r\nContent-Length: 2\r\n\r\ngo"
            // No instruct, whatever it looks like.
            : $"HTTP/1.1 200 OK\r\nGrip-Hold: what\r\n{(request.Body == "no" ? "Action: drop\r\n" : "")}Content-Length: 5\r\n\r\n<new>");
        await using var front = await ProxyFront.StartAsync($"*,prefix=p- {origin.Address}");
        await using var client = await front.ConnectAsync();

        await OpenAsync(front, client);
        front.Publish(Item("no"), Item("old"));

        Assert.Equal("<new>", await client.ReadChunkAsync());
        var asked = origin.Requests.Last();
        Assert.Equal(("POST /modify?a HTTP/1.1", "old", "h"), (asked.Line, asked.Body, asked.Header("Host")));
        Assert.Equal(("""{"url":"/modify?a","user":"al"}""", """{"sender":"bo"}"""), (asked.Header("Sub-Meta"), asked.Header("Pub-Meta")));
        Assert.Contains("filter:http-check, filter:http-modify", asked.Header("Grip-Feature"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_HttpCheckAtAClosedPort_DebugSaysThatItWasRefused()
    {
        await using var origin = RawOrigin.Answering(
            $"{Hold}http-check\r\nGrip-Set-Meta: url=http://127.0.0.1:{RawOrigin.ClosedPort()}/\r\nContent-Length: 2\r\n\r\ngo");
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { Debug = true }, $"*,prefix=p- {origin.Address}");
        await using var client = await front.ConnectAsync();

        await OpenAsync(front, client);
        front.Publish(Item("x"));

        Assert.Equal("\n\nfilter error: network request failed: connection refused\n", await client.ReadChunkAsync());
        Assert.Equal("", await client.ReadChunkAsync());
    }

    [Fact]
    public async Task Handle_HttpCheckWithoutAnAnswer_DebugSaysThatItWasDisconnected()
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            while ((await connection.ReadRequestAsync()).Line.StartsWith("GET", StringComparison.Ordinal))
                await connection.SendAsync($"{Hold}http-check\r\nGrip-Set-Meta: url=/check\r\nContent-Length: 2\r\n\r\ngo");
            throw new IOException("enough");
        });
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { Debug = true }, $"*,prefix=p- {origin.Address}");
        await using var client = await front.ConnectAsync();

        await OpenAsync(front, client);
        front.Publish(Item("x"));

        Assert.Equal("\n\nfilter error: network request failed: disconnected\n", await client.ReadChunkAsync());
    }

    private static async Task OpenAsync(ProxyFront front, RawClient client)
    {
        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\n");
        Assert.Equal("go", await client.ReadChunkAsync());
        await front.Logs.NextAsync("JoinSequence");
    }

    private static Item Item(string content) => new()
    {
        Channel = "p-c",
        Meta = new Dictionary<string, string>(StringComparer.Ordinal) { ["sender"] = "bo" },
        HttpStream = new HttpStreamFormat { Content = Encoding.UTF8.GetBytes(content) },
    };
}
