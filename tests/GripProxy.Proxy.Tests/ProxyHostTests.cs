using System.Net;
using System.Net.Sockets;
using GripProxy.Protocol.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests;

public sealed class ProxyHostTests
{
    [Fact]
    public async Task Start_TestRoute_ServesClientsAndPublishers()
    {
        await using var running = await RunningHost.StartAsync();

        var page = await RawHttp.ExchangeAsync(running.Client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var control = await RawHttp.ExchangeAsync(running.Control, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", page, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nPushpin API\n", control, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_StreamHeld_ReachesTheClient()
    {
        await using var running = await RunningHost.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(running.Client);
        var reader = new StreamReader(client.GetStream());
        await client.GetStream().WriteAsync("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n"u8.ToArray());
        await ReadUntilAsync(reader, "[stream opened]");

        const string Body = """{"items":[{"channel":"test","formats":{"http-stream":{"content":"hello\n"}}}]}""";
        var answer = await RawHttp.ExchangeAsync(running.Control, $"POST /publish HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");

        Assert.EndsWith("\r\n\r\nPublished\n", answer, StringComparison.Ordinal);
        await ReadUntilAsync(reader, "hello");
    }

    [Fact]
    public async Task Stop_StreamHeld_EndsItAtOnce()
    {
        await using var running = await RunningHost.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(running.Client);
        var reader = new StreamReader(client.GetStream());
        await client.GetStream().WriteAsync("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n"u8.ToArray());
        await ReadUntilAsync(reader, "[stream opened]");

        await running.Host.StopAsync().WaitAsync(TimeSpan.FromSeconds(4));

        await Assert.ThrowsAsync<SocketException>(() => new TcpClient().ConnectAsync(running.Client));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_PortTaken_SaysWhichAndOpensNothing(bool client)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var host = RunningHost.Build(client ? port : 0, client ? 0 : port);

        var error = await host.StartAsync();

        Assert.StartsWith($"unable to bind 127.0.0.1:{port}: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage\r\n\r\n", "400 Bad Request", "Failed to parse request header.\n")]
    [InlineData("POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "400 Bad Request", "Bad Content-Length.\n")]
    [InlineData("POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}", "400 Bad Request", "Bad Content-Length.\n")]
    [InlineData("POST /publish HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "411 Length Required", "Request requires Content-Length.\n")]
    public async Task Control_MalformedRequest_GetsPushpinsText(string request, string status, string text)
    {
        await using var running = await RunningHost.StartAsync();

        var answer = await RawHttp.ExchangeAsync(running.Control, request);

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + text, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_PublisherClosesItsSideAtOnce_IsAnswered()
    {
        await using var running = await RunningHost.StartAsync();
        using var publisher = new TcpClient();
        await publisher.ConnectAsync(running.Control);
        var stream = publisher.GetStream();
        await stream.WriteAsync("POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{\"items\":[]}"u8.ToArray());
        publisher.Client.Shutdown(SocketShutdown.Send);

        var answer = await new StreamReader(stream).ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(5));

        Assert.EndsWith("\r\n\r\nPublished\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_HeadTooLarge_GetsPushpinsText()
    {
        await using var running = await RunningHost.StartAsync();

        var answer = await RawHttp.ExchangeAsync(running.Control, $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('b', 10_000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nRequest header too large.\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseKeys_NewKey_TokenIsAskedFor()
    {
        await using var running = await RunningHost.StartAsync();
        running.Host.UseKeys(GripProxy.Control.ControlOptions.Read(Settings.Parse("[bearer:a]\ntoken=t\n")).Keys);

        var refused = await RawHttp.ExchangeAsync(running.Control, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var allowed = await RawHttp.ExchangeAsync(running.Control, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 401 ", refused, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", allowed, StringComparison.Ordinal);
    }

    private static async Task ReadUntilAsync(StreamReader reader, string expected)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (await reader.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line == expected)
                return;
        }

        Assert.Fail($"the stream ended before '{expected}'");
    }

    private sealed record RunningHost(ProxyHost Host) : IAsyncDisposable
    {
        public IPEndPoint Client => Host.ClientAddresses[0];

        public IPEndPoint Control => Host.ControlAddress!; // the tests configure it

        public static ProxyHost Build(int client, int control)
        {
            var settings = Settings.Parse($"[handler]\npush_in_http_port={control}\n");
            var options = ProxyOptions.Read(settings, ["* test"]);
            options.Client.Listen = [new ListenAddress(IPAddress.Loopback, client)];
            return ProxyHost.Build(options, NullLoggerFactory.Instance, TimeProvider.System);
        }

        public static async Task<RunningHost> StartAsync()
        {
            var running = new RunningHost(Build(0, 0));
            Assert.Null(await running.Host.StartAsync());
            return running;
        }

        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync();
            await Host.DisposeAsync();
        }
    }
}
