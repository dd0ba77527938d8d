using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.Tests.Support;

/// <summary>A control port that remembers what it was sent and answers as it is told.</summary>
public sealed class ControlPort : IAsyncDisposable
{
    private readonly KestrelServer _server;

    private ControlPort(KestrelServer server, ConcurrentQueue<PublishCall> calls)
    {
        _server = server;
        Calls = calls;
    }

    public ConcurrentQueue<PublishCall> Calls { get; }

    public Uri Address => _server.Address;

    public GripEndpoint Endpoint(string path = "", string query = "") => GripEndpoint.Parse(Address + path + query);

    public static async Task<ControlPort> StartAsync(int status = 200, Func<PublishCall, string>? text = null)
    {
        var calls = new ConcurrentQueue<PublishCall>();
        var server = await KestrelServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var call = new PublishCall(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.Authorization.ToString(),
                context.Request.ContentType,
                await reader.ReadToEndAsync());
            calls.Enqueue(call);
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(text?.Invoke(call) ?? "Published\n");
        });
        return new ControlPort(server, calls);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
