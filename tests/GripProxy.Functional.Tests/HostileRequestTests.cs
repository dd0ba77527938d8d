using System.Net.Sockets;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>
/// Requests that two readers could understand in two ways are refused as a whole: the origin sees neither them nor what is hidden in them
/// (DIF-83, DIF-84).
/// </summary>
public sealed class HostileRequestTests(HostileRequestTests.World world) : IClassFixture<HostileRequestTests.World>
{
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: example.test\r\n\r\n";
    private const string Post = "POST /front HTTP/1.1\r\nHost: example.test\r\n";
    private const string Chunked = Post + "Transfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\nX-Content-Length: 4\r\n\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 0\r\nContent-Length: 44\r\n\r\n")]
    [InlineData("Content-Length: 0, 44\r\n\r\n")]
    [InlineData("Content-Length: 0 44\r\n\r\n")]
    [InlineData("Content-Length: +0\r\n\r\n")]
    [InlineData("Content-Length: -0\r\n\r\n")]
    [InlineData("Content-Length: -1\r\n\r\n")]
    [InlineData("Content-Length: 0x0\r\n\r\n")]
    [InlineData("Content-Length: 0e0\r\n\r\n")]
    [InlineData("Content-Length:\r\n\r\n")]
    [InlineData("Content-Length: 18446744073709551616\r\n\r\n")]
    [InlineData("Content-Length: 9223372036854775808\r\n\r\n")]
    [InlineData("Content-Length : 0\r\n\r\n")]
    [InlineData("Transfer-Encoding: identity\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("X: y\0\r\nContent-Length: 0\r\n\r\n")]
    public Task Framing_ThatSaysTwoThings_IsRefused(string rest) => RefusedAsync(Post + rest + Hidden);

    [Fact]
    public Task Framing_OfHttp10WithATransferCoding_IsRefused() =>
        RefusedAsync("POST /front HTTP/1.0\r\nHost: example.test\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden);

    [Theory]
    [InlineData("1;a\nb\r\nx\r\n0\r\n\r\n")]
    [InlineData("1;\n\r\nx\r\n0\r\n\r\n")]
    [InlineData("1;a=\"\n\"\r\nx\r\n0\r\n\r\n")]
    [InlineData("1\nx\n0\n\n")]
    [InlineData("1;a\rb\r\nx\r\n0\r\n\r\n")]
    [InlineData("+1\r\nx\r\n0\r\n\r\n")]
    [InlineData("-1\r\nx\r\n0\r\n\r\n")]
    [InlineData("0x1\r\nx\r\n0\r\n\r\n")]
    [InlineData("1_0\r\nx\r\n0\r\n\r\n")]
    [InlineData("\r\nx\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF1\r\nx\r\n0\r\n\r\n")]
    [InlineData("80000000\r\nx\r\n0\r\n\r\n\u0000")]
    [InlineData("1\r\nxy\r\n0\r\n\r\n")]
    [InlineData("1\r\nx0\r\n\r\n")]
    [InlineData("0\nX: y\r\n\r\n")]
    public Task Chunks_ThatSayTwoThings_AreRefused(string body) => RefusedAsync(Chunked + body + Hidden);

    [Theory]
    [InlineData("Host: example.test\r\nHost: example.test\r\n")]
    [InlineData("Host: example.test\r\nHost: other.test\r\n")]
    [InlineData("Host: example.test/x\r\n")]
    [InlineData("Host: example.test?x\r\n")]
    [InlineData("Host: example.test#x\r\n")]
    [InlineData("Host: user@example.test\r\n")]
    [InlineData("Host: example test\r\n")]
    [InlineData("Host: example.test:port\r\n")]
    [InlineData("Host: example.test:1:2\r\n")]
    [InlineData("Host: example.test, other.test\r\n")]
    [InlineData("Host: [::1\r\n")]
    [InlineData("Host: example.test\u0001\r\n")]
    [InlineData("Host: \\example.test\r\n")]
    [InlineData("")]
    public Task Host_ThatIsNone_IsRefused(string host) => RefusedAsync($"GET /front HTTP/1.1\r\n{host}\r\n");

    [Theory]
    [InlineData("CONNECT example.test:80")]
    [InlineData("CONNECT /front")]
    [InlineData("GET front")]
    [InlineData("GET example.test/front")]
    [InlineData("GET :80/front")]
    [InlineData("GET *")]
    [InlineData("GET /front\tx")]
    [InlineData("GET /fr\u0000ont")]
    [InlineData("GET  /front")]
    public Task Target_ThatIsNoPath_IsRefused(string line) => RefusedAsync($"{line} HTTP/1.1\r\nHost: example.test\r\n\r\n");

    [Fact]
    public async Task Upgrade_ToHttp2_IsNotRelayed()
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync(
            "/front", "upgrade.test", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA");

        Assert.Equal(502, answer.Status);
        Assert.Equal("Error while proxying to origin.\n", answer.Body);
    }

    /// <summary>400 and the end of the connection; of the 400 a reset may leave nothing, because the proxy reads no further.</summary>
    private async Task RefusedAsync(string request)
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(request);
        string answer;
        try
        {
            client.EndSending();
            answer = await client.ReadToEndAsync();
        }
        catch (SocketException)
        {
            // Reset: the proxy did not want to read the rest.
            answer = "";
        }

        Assert.True(
            answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal) || answer.Length == 0,
            $"Expected a refusal; came: {answer}");
        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);

        // Whatever had slipped through would have come before this on its way to the origin.
        await using RawHttp witness = await world.Proxy.ConnectAsync();
        Assert.Equal("witness", (await witness.GetAsync("/witness")).Body);
        Assert.Equal((0, 0), (world.Origin.WaitingRequests("/front"), world.Origin.WaitingRequests("/hidden")));
    }

    public sealed class World : ProxyWithOrigin
    {
        private readonly RawOrigin _upgrading = new(exchange =>
            exchange.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"));

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Origin.OnText("/front", "front");
            Origin.OnText("/hidden", "hidden");
            Origin.OnText("/witness", "witness");
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await _upgrading.DisposeAsync();
        }

        protected override void Configure(ProxySetup setup) => setup.Route($"upgrade.test {_upgrading.Address}");
    }
}
