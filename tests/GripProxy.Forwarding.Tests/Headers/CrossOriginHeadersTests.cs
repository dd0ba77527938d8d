using GripProxy.Forwarding.Headers;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Tests.Headers;

public sealed class CrossOriginHeadersTests
{
    [Fact]
    public void Add_PlainRequest_AllowsEverybody()
    {
        var context = new DefaultHttpContext();
        context.Response.Headers.ContentType = "text/plain";

        CrossOriginHeaders.Add(context.Request, context.Response);

        var headers = context.Response.Headers;
        Assert.Equal("OPTIONS, HEAD, GET, POST, PUT, DELETE", headers.AccessControlAllowMethods);
        Assert.Equal("*", headers.AccessControlAllowOrigin);
        Assert.Equal("true", headers.AccessControlAllowCredentials);
        Assert.Equal("3600", headers.AccessControlMaxAge);
        Assert.False(headers.ContainsKey("Access-Control-Allow-Headers"));
        Assert.False(headers.ContainsKey("Access-Control-Expose-Headers"));
    }

    [Fact]
    public void Add_Preflight_RepeatsWhatIsAskedFor()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Origin = "http://o";
        context.Request.Headers.AccessControlRequestMethod = "PATCH";
        context.Request.Headers.AccessControlRequestHeaders = "X-A, X-B";
        context.Response.Headers["X-C"] = "1";
        context.Response.Headers["Grip-Foo"] = "1";
        context.Response.Headers.Expires = "0";

        CrossOriginHeaders.Add(context.Request, context.Response);

        var headers = context.Response.Headers;
        Assert.Equal(("PATCH", "X-A, X-B", "http://o", "X-C"), (headers.AccessControlAllowMethods.ToString(), headers.AccessControlAllowHeaders.ToString(), headers.AccessControlAllowOrigin.ToString(), headers.AccessControlExposeHeaders.ToString()));
    }

    [Fact]
    public void Add_OriginSaysItself_ItsWordCounts()
    {
        var context = new DefaultHttpContext();
        context.Response.Headers.AccessControlAllowOrigin = "http://only";
        context.Response.Headers.AccessControlExposeHeaders = "X-Only";
        context.Response.Headers["X-C"] = "1";

        CrossOriginHeaders.Add(context.Request, context.Response);

        Assert.Equal("http://only", context.Response.Headers.AccessControlAllowOrigin);
        Assert.Equal("X-Only", context.Response.Headers.AccessControlExposeHeaders);
    }
}
