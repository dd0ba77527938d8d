using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Tests.Listeners;

public sealed class ClientListenerTests : IAsyncLifetime
{
    // Set before any test runs.
    private ClientServer _server = null!;

    public async Task InitializeAsync() => _server = await ClientServer.StartAsync(
        new ClientListenerOptions { Listen = [ClientServer.AnyPort], HeadTimeout = TimeSpan.FromSeconds(2), MaxHeaders = 20 },
        async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("served\n");
        });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("garbage\r\n\r\n", "invalid token")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", "invalid token")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "invalid token")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n folded\r\n\r\n", "invalid token")]
    [InlineData("GET / HTTP/9.1\r\nHost: a\r\n\r\n", "invalid HTTP version")]
    [InlineData("GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n", "invalid request target")]
    [InlineData("GET no-slash HTTP/1.1\r\nHost: a\r\n\r\n", "invalid token")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "missing host")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "invalid host")]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "invalid host")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "invalid content length")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", "invalid content length")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "invalid content length")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "invalid content length")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "unsupported transfer encoding")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", "invalid content length")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "unsupported transfer encoding")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "unsupported transfer encoding")]
    [InlineData("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", "invalid request target")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "invalid request target")]
    [InlineData("GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n", "invalid request target")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "invalid token")]
    public async Task Request_Malformed_IsRefusedWithItsDetail(string request, string detail)
    {
        var answer = await RawHttp.ExchangeAsync(_server.Address, request);

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: text/plain\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\nFailed to parse request: {detail}\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9000, "")]
    [InlineData(10, "/x")]
    public async Task Request_HeadTooLarge_NamesTheLimit(int headerBytes, string target)
    {
        var path = target.Length == 0 ? "/" : target + new string('p', 9000);
        var answer = await RawHttp.ExchangeAsync(_server.Address, $"GET {path} HTTP/1.1\r\nHost: a\r\nX: {new string('b', headerBytes)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nRequest header size exceeded limit of 8192 bytes.\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_TooManyHeaders_Is431()
    {
        var lines = string.Concat(Enumerable.Range(0, 21).Select(i => $"X{i}: y\r\n"));
        var answer = await RawHttp.ExchangeAsync(_server.Address, $"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nFailed to parse request: too many headers\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_HeadNeverEnds_Is408()
    {
        var answer = await RawHttp.ExchangeAsync(_server.Address, "GET / HTTP/1.1\r\nHost:");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nRequest timed out.\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_MalformedHead_HasNoBody()
    {
        var answer = await RawHttp.ExchangeAsync(_server.Address, "HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");

        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_MalformedAfterAGoodOne_GetsItsTextToo()
    {
        var answer = await RawHttp.ExchangeAsync(_server.Address, "GET /a HTTP/1.1\r\nHost: a\r\n\r\ngarbage\r\n\r\n");

        Assert.Contains("served", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nFailed to parse request: invalid token\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\nConnection: close\n\n")]
    [InlineData("GET http://b/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \u00e9\r\nConnection: close\r\n\r\n")]
    public async Task Request_Unusual_IsServed(string request)
    {
        var answer = await RawHttp.ExchangeAsync(_server.Address, request);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
    }
}
