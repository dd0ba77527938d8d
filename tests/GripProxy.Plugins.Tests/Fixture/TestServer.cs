using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Tests.Fixture;

/// <summary>A real HTTP server on a free port. Owned by one test.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    public int Port => Url.Port;

    public static async Task<TestServer> StartAsync(RequestDelegate handler, IPAddress? address = null, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, port));
        builder.Services.AddLogging(logs => logs.ClearProviders());
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new TestServer(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
