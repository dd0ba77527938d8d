using GripProxy.Control.Http;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Http;

public sealed class ControlServerLimitsTests
{
    [Theory]
    [InlineData("nonsense\r\n\r\n", 400, "Failed to parse request header.\n")]
    [InlineData("POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400, "Bad Content-Length.\n")]
    [InlineData("POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "Bad Content-Length.\n")]
    [InlineData("POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "Bad Content-Length.\n")]
    [InlineData("POST /publish HTTP/1.0\r\n\r\n", 411, "Request requires Content-Length.\n")]
    [InlineData("POST /publish HTTP/1.1\r\nHost: x\r\nbroken header\r\n\r\n", 400, "Failed to parse request header.\n")]
    public async Task Apply_RequestTheServerRefuses_HasPushpinsText(string request, int status, string body)
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync(request);

        Assert.Equal(new FramingError(status, body), await server.BadRequest);
    }

    [Fact]
    public async Task Apply_HeadOfTheLimit_IsRefusedAtOnce()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();
        const string Start = "POST /publish/ HTTP/1.1\r\nHost: x\r\nX-Big: ";

        await client.SendRawAsync(Start + new string('b', 10_000 - Start.Length));

        Assert.Equal(new FramingError(400, "Request header too large.\n"), await server.BadRequest);
    }

    [Fact]
    public async Task Apply_HeadJustBelowTheLimit_IsAccepted()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();
        const string Start = "POST /publish/ HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nX-Big: ";

        await client.SendRawAsync(Start + new string('b', 9_999 - Start.Length - 4) + "\r\n\r\n{\"items\":[]}");

        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Apply_TooManyHeaders_IsRefused()
    {
        await using var server = await ControlPort.StartAsync("[limits]\nheaders=2\n");
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync("GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nB: 2\r\n\r\n");

        Assert.Equal(new FramingError(400, "Request header too large.\n"), await server.BadRequest);
    }
}
