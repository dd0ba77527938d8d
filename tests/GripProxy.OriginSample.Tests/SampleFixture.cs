using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using GripProxy.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.OriginSample.Tests;

/// <summary>The sample origin on a free port, with a control port that collects what it publishes, and clients as the proxy would be one.</summary>
public sealed class SampleFixture : IAsyncLifetime
{
    private const string Key = "a test key";

    private readonly Channel<JsonElement> _items = Channel.CreateUnbounded<JsonElement>();
    private WebApplication? _control;
    private SampleOrigin? _origin;

    /// <summary>A client whose requests are signed as the proxy signs them.</summary>
    public HttpClient Proxy { get; private set; } = new();

    /// <summary>A client that came without the proxy.</summary>
    public HttpClient Direct { get; private set; } = new();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _control = builder.Build();
        _control.MapPost("/publish", CollectAsync);
        await _control.StartAsync();

        _origin = await SampleOrigin.StartAsync(
            new SampleOriginOptions
            {
                Listen = "127.0.0.1:0",
                GripUrls = [_control.Urls.First()],
                SigKey = Key,
                ProxyUrl = "http://proxy.example:7999/",
                ConfigureLogging = _ => { },
            },
            CancellationToken.None);
        Assert.True(GripKey.TryRead(Key, ".", out var key, out _));
        Direct = new HttpClient { BaseAddress = _origin.Address };
        Proxy = new HttpClient { BaseAddress = _origin.Address };
        Proxy.DefaultRequestHeaders.Add("Grip-Sig", new GripSigner(key, "pushpin", TimeProvider.System).Token);
    }

    /// <summary>The next published item of the channel.</summary>
    public async Task<JsonElement> ItemOfAsync(string channel)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var item in _items.Reader.ReadAllAsync(limit.Token))
        {
            if (item.GetProperty("channel").GetString() == channel)
                return item;
        }

        throw new InvalidOperationException("The control port ended.");
    }

    public async Task DisposeAsync()
    {
        Proxy.Dispose();
        Direct.Dispose();
        if (_origin is not null)
        {
            await _origin.StopAsync(CancellationToken.None);
            await _origin.DisposeAsync();
        }

        if (_control is not null)
            await _control.DisposeAsync();
    }

    private async Task CollectAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        foreach (var item in body.RootElement.GetProperty("items").EnumerateArray())
            _items.Writer.TryWrite(item.Clone());
    }
}
