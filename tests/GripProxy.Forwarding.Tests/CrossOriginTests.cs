using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests;

/// <summary>Every kind of answer carries the CORS headers where they are wanted (HTTP-39).</summary>
public sealed class CrossOriginTests
{
    [Theory]
    [InlineData("Content-Length: 2\r\n\r\nok")]
    [InlineData("Grip-Status: 201\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Grip-Hold: nonsense\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Grip-Hold: stream\r\nGrip-Channel: c\r\nContent-Length: 2\r\n\r\nok")]
    public async Task Handle_Answer_CarriesTheHeaders(string rest)
    {
        await using var origin = RawOrigin.Answering($"HTTP/1.1 200 OK\r\nX-A: 1\r\n{rest}");
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        Assert.Contains("\r\nAccess-Control-Allow-Origin: http://o\r\n", await HeadAsync(front), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_LongBeginningOfAStream_CarriesTheHeaders()
    {
        await using var origin = RawOrigin.Answering(
            $"HTTP/1.1 200 OK\r\nX-A: 1\r\nGrip-Hold: stream\r\nGrip-Channel: c\r\nContent-Length: 100001\r\n\r\n{new string('b', 100_001)}");
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        var head = await HeadAsync(front);

        Assert.Contains("\r\nAccess-Control-Allow-Origin: http://o\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nAccess-Control-Expose-Headers: X-A\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_NoRoute_GlobalSettingCounts()
    {
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { AutoCrossOrigin = true }, "only.example 127.0.0.1:1");

        Assert.Contains("\r\nAccess-Control-Allow-Origin: http://o\r\n", await HeadAsync(front), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_Preflight_ReachesTheOrigin()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"*,aco {origin.Address}");

        var response = await front.SendAsync("OPTIONS /x HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\nAccess-Control-Request-Method: PUT\r\n\r\n");

        Assert.Equal(("OPTIONS /x HTTP/1.1", 204, "PUT"), (origin.Single.Line, response.Code, response.Header("Access-Control-Allow-Methods")));
    }

    private static async Task<string> HeadAsync(ProxyFront front)
    {
        await using var client = await front.ConnectAsync();
        await client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\nOrigin: http://o\r\n\r\n");
        return await client.ReadUntilAsync("\r\n\r\n");
    }
}
