using System.Net;
using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Tests.Listeners.Http2;

public sealed class Http2HeadersTests
{
    [Theory]
    [InlineData("2.0", false)]
    [InlineData("1.1", true)]
    public async Task Answer_WithHeadersOfAConnection_CarriesThemOverHttp1Only(string version, bool carries)
    {
        var options = new ClientListenerOptions { Listen = [ClientServer.AnyPort], Http2PriorKnowledge = true };
        await using var server = await ClientServer.StartAsync(options, context =>
        {
            context.Response.Headers.Connection = "close";
            context.Response.Headers.Upgrade = "h2c";
            context.Response.Headers["Proxy-Connection"] = "close";
            context.Response.Headers["Keep-Alive"] = "timeout=5";
            context.Response.Headers["X-Kept"] = "yes";
            return context.Response.WriteAsync("x");
        });
        using var client = ClientServer.Client(server.Address, Version.Parse(version));

        using var answer = await client.GetAsync(new Uri("http://a.example/"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.Contains("X-Kept"));
        Assert.Equal(carries, answer.Headers.Contains("Upgrade"));
        Assert.Equal(carries, answer.Headers.Contains("Proxy-Connection"));
        Assert.Equal(carries, answer.Headers.Contains("Keep-Alive"));
        Assert.Equal(carries, answer.Headers.Contains("Connection"));
    }
}
