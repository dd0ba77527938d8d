using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Commands.Publish;

/// <summary>A control port that remembers what it was sent and answers as it is told. One request at a time.</summary>
public sealed class ControlPort : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ControlPort(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public ConcurrentQueue<string> Bodies { get; } = new();

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public ConcurrentQueue<string> Preferences { get; } = new();

    /// <summary>Starts one.</summary>
    /// <param name="status">What it answers.</param>
    /// <param name="text">Its body.</param>
    /// <param name="type">Its type.</param>
    /// <param name="refuseFrom">The first request that is answered so; those before are accepted.</param>
    public static async Task<ControlPort> StartAsync(int status = 200, string text = "Published\n", string type = "text/plain", int refuseFrom = 1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var port = new ControlPort(app);
        app.MapPost("/publish/", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            port.Bodies.Enqueue(await reader.ReadToEndAsync());
            port.Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
            port.Preferences.Enqueue(context.Request.Headers["Prefer"].ToString());
            context.Response.StatusCode = port.Bodies.Count < refuseFrom ? 200 : status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(text);
        });
        app.MapPost("/v1/{**rest}", async (HttpContext context) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(text);
        });
        app.MapGet("/v1/{**rest}", (HttpContext context) =>
        {
            port.Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
            return Results.Text("""{"items":[],"next":null}""", "application/json");
        });
        await app.StartAsync();
        return port;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
