using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Forwarding.Tests;

/// <summary>HTTP/2 to origins: the target option <c>h2</c> (own-config.md, Route options of ours), with real sockets on both sides.</summary>
public sealed class Http2OriginTests
{
    [Fact]
    public async Task Handle_PriorKnowledge_RequestArrivesAsHttp2()
    {
        await using var origin = await Origin.StartAsync(HttpProtocols.Http2);
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},h2");

        var response = await front.SendAsync(
            "POST /a/../b?c=%2f HTTP/1.1\r\nHost: h.example\r\nConnection: x-hop\r\nX-Sent: \u00e9\r\nContent-Length: 5\r\n\r\nhello");

        Assert.Equal("HTTP/1.1 200 OK", $"{response.Version} {response.Code} {response.Reason}");
        Assert.Equal("HTTP/2 POST /a/../b?c=%2f h.example \u00e9 hello", response.Body);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    public async Task Handle_OverTls_ProtocolIsNegotiated(HttpProtocols offered, string used)
    {
        await using var origin = await Origin.StartAsync(offered, tls: true);
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},ssl,insecure,h2");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h.example\r\n\r\n");

        Assert.Equal($"{used} GET /x h.example  ", response.Body);
    }

    [Fact]
    public async Task Handle_ConnectHostTrusted_ProtocolIsNegotiatedToo()
    {
        await using var origin = await Origin.StartAsync(HttpProtocols.Http1AndHttp2, tls: true);
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},ssl,insecure,trust_connect_host,h2");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h.example\r\n\r\n");

        Assert.Equal("HTTP/2 GET /x h.example  ", response.Body);
    }

    [Fact]
    public async Task Handle_WithoutTheOption_StaysHttp1()
    {
        await using var origin = await Origin.StartAsync(HttpProtocols.Http1AndHttp2, tls: true);
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},ssl,insecure");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h.example\r\n\r\n");

        Assert.Equal("HTTP/1.1 GET /x h.example  ", response.Body);
    }

    [Fact]
    public async Task Handle_PromiseOfHttp2NotKept_IsABadGateway()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},h2");

        var response = await front.SendAsync("GET / HTTP/1.1\r\nHost: h.example\r\n\r\n");

        Assert.Equal(502, response.Code);
    }

    [Fact]
    public async Task Handle_LargeBodies_PassBothWays()
    {
        await using var origin = await Origin.StartAsync(HttpProtocols.Http2);
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},h2");
        var body = new string('b', 3_000_000);

        var response = await front.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.EndsWith(body, response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_StreamHold_IsHeldAndFed()
    {
        await using var origin = await Origin.StartAsync(HttpProtocols.Http2, answer: context => HoldAsync(context, "stream", "go\n"));
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},h2");
        await using var client = await front.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");
        Assert.Equal("go\n", await client.ReadChunkAsync());
        await front.Logs.NextAsync("JoinSequence");

        front.Publish(new Item
        {
            Channel = "c", HttpStream = new HttpStreamFormat { Content = "news\n"u8.ToArray() },
        });

        Assert.Equal("news\n", await client.ReadChunkAsync());
    }

    [Fact]
    public async Task Handle_OriginResetsTheAnswer_ClientSeesItCutShort()
    {
        var halfArrived = new TaskCompletionSource();
        await using var origin = await Origin.StartAsync(HttpProtocols.Http2, answer: async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await halfArrived.Task;
            context.Abort();
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},h2");
        await using var client = await front.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        await client.ReadUntilAsync("half\r\n");

        halfArrived.SetResult();

        // Without a last chunk.
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Handle_OriginResetsBeforeAnything_IsABadGateway()
    {
        await using var origin = await Origin.StartAsync(HttpProtocols.Http2, answer: context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address},h2");

        var response = await front.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(502, response.Code);
    }

    private static Task HoldAsync(HttpContext context, string mode, string body)
    {
        context.Response.Headers["Grip-Hold"] = mode;
        context.Response.Headers["Grip-Channel"] = "c";
        return context.Response.WriteAsync(body);
    }

    /// <summary>Says how it was asked, unless told otherwise.</summary>
    private sealed class Origin : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Origin(WebApplication app) => _app = app;

        public string Address =>
            $"127.0.0.1:{new Uri(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port}";

        public static async Task<Origin> StartAsync(HttpProtocols protocols, bool tls = false, RequestDelegate? answer = null)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            {
                kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
                kestrel.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = protocols;
                    if (tls)
                        listen.UseHttps(Certificate());
                });
            });
            var app = builder.Build();
            app.Run(answer ?? DescribeAsync);
            await app.StartAsync();
            return new Origin(app);
        }

        public async ValueTask DisposeAsync()
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
        }

        private static async Task DescribeAsync(HttpContext context)
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            var body = await reader.ReadToEndAsync();
            var request = context.Request;
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            var text = $"{request.Protocol} {request.Method} {target} {request.Headers.Host} {request.Headers["X-Sent"]} {body}";
            await context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes(text));
        }

        private static X509Certificate2 Certificate()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var now = TimeProvider.System.GetUtcNow();
            return new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        }
    }
}
