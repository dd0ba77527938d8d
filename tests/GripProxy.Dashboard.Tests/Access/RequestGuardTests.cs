using System.Net;
using GripProxy.Dashboard.Access;
using GripProxy.Security.Access;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Dashboard.Tests.Access;

public sealed class RequestGuardTests
{
    [Theory]
    [InlineData("127.0.0.1:7997", true)]
    [InlineData("localhost:7997", true)]
    [InlineData("[::1]:7997", true)]
    [InlineData("rebound.example:7997", false)]
    [InlineData("192.0.2.1:7997", false)]
    public void Host_WithoutAnyKey_MustBeThisMachine(string host, bool isAllowed)
    {
        RequestGuard guard = new(new DashboardOptions { Listen = new IPEndPoint(IPAddress.Loopback, 7997) }, Open());

        Assert.Equal(isAllowed ? null : "cross_site", guard.Check(Request(host))?.Code);
    }

    [Fact]
    public void Request_WhenTheLastKeyIsGone_IsRefusedOffLoopback()
    {
        RequestGuard guard = new(new DashboardOptions { Listen = new IPEndPoint(IPAddress.Any, 7997) }, Open());

        Assert.Equal("not_covered", guard.Check(Request("127.0.0.1:7997"))?.Code);
    }

    [Theory]
    [InlineData("http://127.0.0.1:7997", null)]
    [InlineData("https://127.0.0.1:7997", null)]
    [InlineData("http://127.0.0.1:7998", "cross_site")]
    [InlineData("http://evil.example", "cross_site")]
    [InlineData("null", "cross_site")]
    public void Origin_OfARequest_MustBeThePage(string origin, string? code)
    {
        RequestGuard guard = new(new DashboardOptions { Listen = new IPEndPoint(IPAddress.Loopback, 7997) }, Open());
        var request = Request("127.0.0.1:7997");
        request.Request.Headers.Origin = origin;

        Assert.Equal(code, guard.CheckSite(request)?.Code);
    }

    private static DefaultHttpContext Request(string host)
    {
        DefaultHttpContext context = new();
        context.Request.Method = "GET";
        context.Request.Host = new HostString(host);
        return context;
    }

    private static ControlAuthorizer Open()
    {
        Assert.True(ControlKeys.TryBuild(new ControlKeysConfig(), TimeProvider.System, NullLogger.Instance, out var keys, out _));
        return new ControlAuthorizer(keys, TimeProvider.System);
    }
}
