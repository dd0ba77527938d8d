using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Links;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Routes;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Forwarding.Tests.Links;

public sealed class LinkFetcherTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Fetch_LinkToThisMachine_GoesThereOnlyForATrustedTarget(bool isUntrusted, int requests)
    {
        await using var inner = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync("* 192.0.2.1:80");
        var services = front.Services.GetRequiredService<LinkServices>();
        // 192.0.2.1 stands for an application somewhere else; nothing is asked of it.
        var target = services.Models.GetDirect(new TargetConfig { Host = "192.0.2.1", Port = 80, Untrusted = isUntrusted });
        var route = new RouteModel(new RouteConfig { Domain = "*", Targets = [target.Config] }, signer: null, [target]);
        var fetcher = new LinkFetcher("example.test", isSecure: false, route, target, services);

        var response = await fetcher.FetchAsync(new LinkRequest("GET", new Uri($"http://{inner.Address}/secret"), []), CancellationToken.None);

        Assert.Equal(requests, inner.Requests.Count);
        Assert.Equal(requests == 0 ? 0 : 200, response.Status);
    }
}
