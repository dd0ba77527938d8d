using System.Net;
using System.Text;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>Origins that take the requests by HTTP/2: the target option <c>h2</c> (own-config.md, Route options of ours).</summary>
public sealed class OverHttpHttp2Tests
{
    [Fact]
    public async Task DialAsync_Http2Target_TalksByHttp2()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        await using var app = builder.Build();
        app.Run(EchoAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        using var front = new OverHttpFront();
        var connection = (await front.DialAsync($"* {new Uri(address).Authority},over_http,h2")).Origin!; // It agrees to all.

        Assert.Equal("Text HTTP/2", await connection.ReadTextAsync());
        foreach (var length in new[] { 0, 5, 150_000 })
        {
            var next = connection.ReadAsync().AsTask();
            await connection.WriteAsync(WebSocketPartKind.Binary, new string('x', length));
            var received = 0;
            WebSocketPart part;
            do
            {
                part = await next.WaitAsync(TimeSpan.FromSeconds(20));
                received += part.Content.Length;
                next = part.IsLast ? next : connection.ReadAsync().AsTask();
            }
            while (!part.IsLast);
            Assert.Equal(length, received);
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        context.Response.ContentType = WebSocketEventWriter.ContentType;
        await context.Response.Body.WriteAsync(body.ToArray());
        if (body.Length == "OPEN\r\n".Length)
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes($"TEXT {context.Request.Protocol.Length:x}\r\n{context.Request.Protocol}\r\n"));
    }
}
