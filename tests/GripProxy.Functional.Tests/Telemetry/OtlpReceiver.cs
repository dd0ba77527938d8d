using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Functional.Tests.Telemetry;

/// <summary>A collector: takes OTLP over HTTP and keeps what came. Thread-safe.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Channel<ProtoMessage> _spans = Channel.CreateUnbounded<ProtoMessage>();
    private readonly Channel<ProtoMessage> _metrics = Channel.CreateUnbounded<ProtoMessage>();
    private readonly WebApplication _app;

    private OtlpReceiver(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    /// <summary>As <c>otlp_endpoint</c>.</summary>
    public string Endpoint { get; private set; } = "";

    public static async Task<OtlpReceiver> StartAsync(int port = 0)
    {
        OtlpReceiver receiver = new(port);
        await receiver._app.StartAsync();
        IServerAddressesFeature addresses = receiver._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        receiver.Endpoint = $"http://127.0.0.1:{new Uri(addresses.Addresses.Single()).Port}";
        return receiver;
    }

    /// <summary>The next span that fits; others are passed over.</summary>
    public Task<ProtoMessage> SpanAsync(Func<ProtoMessage, bool> fits) => NextAsync(_spans, fits, "span");

    /// <summary>The next metric that fits.</summary>
    public Task<ProtoMessage> MetricAsync(Func<ProtoMessage, bool> fits) => NextAsync(_metrics, fits, "metric");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<ProtoMessage> NextAsync(Channel<ProtoMessage> from, Func<ProtoMessage, bool> fits, string what)
    {
        using CancellationTokenSource patience = new(s_patience);
        try
        {
            while (true)
            {
                ProtoMessage next = await from.Reader.ReadAsync(patience.Token);
                if (fits(next))
                {
                    return next;
                }
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"No {what} that fits came in {s_patience.TotalSeconds} s", exception);
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream bytes = new();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        ProtoMessage request = new(bytes.ToArray());
        // Resource, scope, and what is measured there.
        Channel<ProtoMessage> to = context.Request.Path == "/v1/traces" ? _spans : _metrics;
        foreach (ProtoMessage part in request.All(1, 2, 2))
        {
            to.Writer.TryWrite(part);
        }
    }
}
