using System.Net;
using System.Text;
using GripProxy.Proxy.Listeners;

namespace GripProxy.Proxy.Tests.Listeners.Http2;

public sealed class PriorKnowledgeTests : IAsyncLifetime
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private const string EmptySettings = "\0\0\0\u0004\0\0\0\0\0";

    // Set before any test runs.
    private ClientServer _server = null!;

    public async Task InitializeAsync() => _server = await ClientServer.StartAsync(
        new ClientListenerOptions { Listen = [ClientServer.AnyPort], Http2PriorKnowledge = true });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("1.1", "HTTP/1.1")]
    [InlineData("2.0", "HTTP/2")]
    public async Task Request_EitherVersion_IsServedOnThePort(string version, string protocol)
    {
        using var client = ClientServer.Client(_server.Address, Version.Parse(version));

        for (var i = 0; i < 3; i++)
            Assert.Equal($"{protocol} http a.example", await client.GetStringAsync(new Uri("http://a.example/")));
    }

    [Fact]
    public async Task Connection_PrefaceInPieces_IsHttp2()
    {
        await using var stream = await ClientServer.ConnectAsync(_server.Address);
        foreach (var piece in new[] { "P", "RI * HTTP/2.0\r\n", "\r\nSM\r\n\r\n" + EmptySettings })
            await stream.WriteAsync(Encoding.Latin1.GetBytes(piece));

        var head = new byte[9];
        await stream.ReadExactlyAsync(head).AsTask().WaitAsync(ClientServer.Patience);

        // The server's settings come first on every HTTP/2 connection.
        Assert.Equal(4, head[3]);
    }

    [Theory]
    [InlineData("PRI / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\0\0\0\0", "HTTP/1.1 400 Bad Request\r\n")]
    public async Task Connection_OtherBytes_AreHttp1(string request, string answer) =>
        Assert.StartsWith(answer, await RawHttp.ExchangeAsync(_server.Address, request), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("PRI * HTTP")]
    public async Task Connection_ThatDoesNotGoOn_IsClosedInTime(string beginning)
    {
        var options = new ClientListenerOptions
        {
            Listen = [ClientServer.AnyPort],
            Http2PriorKnowledge = true,
            IdleTimeout = beginning.Length == 0 ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromHours(1),
            HeadTimeout = TimeSpan.FromMilliseconds(200),
        };
        await using var server = await ClientServer.StartAsync(options);

        Assert.Equal("", await RawHttp.ExchangeAsync(server.Address, beginning));
    }

    [Fact]
    public async Task Request_OptionOff_IsHttp1Only()
    {
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort] });

        Assert.StartsWith("HTTP/1.1 400 ", await RawHttp.ExchangeAsync(server.Address, Preface + EmptySettings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndPoints_WithTheOption_AreThoseOfClients()
    {
        var options = new ClientListenerOptions
        {
            Listen = [ClientServer.AnyPort, new ListenAddress(IPAddress.IPv6Loopback, 0)], Http2PriorKnowledge = true,
        };
        await using var server = await ClientServer.StartAsync(options);
        using var client = ClientServer.Client(server.EndPoints[1], HttpVersion.Version20);

        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], server.EndPoints.Cast<IPEndPoint>().Select(point => point.Address));
        Assert.Equal("HTTP/2 http a.example", await client.GetStringAsync(new Uri("http://a.example/")));
    }
}
