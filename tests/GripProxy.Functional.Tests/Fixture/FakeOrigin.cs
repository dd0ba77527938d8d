using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>An origin on loopback that answers as tests tell it, by path. Thread-safe.</summary>
public sealed class FakeOrigin : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Channel<SeenRequest>> _seen = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private FakeOrigin()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public int Port { get; private set; }

    /// <summary>As a target in a routes file.</summary>
    public string Address => $"127.0.0.1:{Port}";

    public static async Task<FakeOrigin> StartAsync()
    {
        FakeOrigin origin = new();
        await origin._app.StartAsync();
        IServerAddressesFeature addresses = origin._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        origin.Port = new Uri(addresses.Addresses.Single()).Port;
        return origin;
    }

    /// <summary>Answers a path from now on; the query does not count.</summary>
    public void On(string path, Func<HttpContext, Task> answer) => _answers[path] = answer;

    /// <summary>Answers a path with this text.</summary>
    public void OnText(string path, string body) => On(path, context =>
    {
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = body.Length;
        return context.Response.WriteAsync(body);
    });

    /// <summary>Answers a path with a hold in header form.</summary>
    public void OnHold(string path, string mode, string channel, string body, params string[] headers) => On(path, context =>
    {
        context.Response.ContentType = "text/plain";
        context.Response.Headers["Grip-Hold"] = mode;
        context.Response.Headers["Grip-Channel"] = channel;
        foreach (string header in headers)
        {
            string[] parts = header.Split(": ", 2);
            context.Response.Headers.Append(parts[0], parts[1]);
        }

        return context.Response.WriteAsync(body);
    });

    /// <summary>The next request to a path that no test has looked at yet.</summary>
    public async Task<SeenRequest> NextRequestAsync(string path)
    {
        using CancellationTokenSource patience = new(s_patience);
        try
        {
            return await SeenAt(path).Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"The origin saw no request to {path} in {s_patience.TotalSeconds} s", exception);
        }
    }

    /// <summary>How many requests to a path came that no test has looked at.</summary>
    public int WaitingRequests(string path) => SeenAt(path).Reader.Count;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Channel<SeenRequest> SeenAt(string path) => _seen.GetOrAdd(path, _ => Channel.CreateUnbounded<SeenRequest>());

    private async Task AnswerAsync(HttpContext context)
    {
        using MemoryStream bytes = new();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        bytes.Position = 0;
        // Whoever answers may read it as bytes once more.
        context.Request.Body = bytes;
        string body = Encoding.UTF8.GetString(bytes.ToArray());
        string path = context.Request.Path;
        SeenAt(path).Writer.TryWrite(new SeenRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body));
        if (_answers.TryGetValue(path, out Func<HttpContext, Task>? answer))
        {
            await answer(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
