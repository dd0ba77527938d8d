using System.Collections.Concurrent;
using System.Net;
using GripProxy.Origin;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Functional.Tests.Soak;

/// <summary>
/// An origin of WebSockets over HTTP that does what clients tell it, failing included: every connection has a channel of its own and one that it
/// shares. Knows which connections are open. Thread-safe.
/// </summary>
public sealed class SoakOrigin : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _open = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _ends = new(0);
    private int _requests;

    private SoakOrigin()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddGrip(grip => grip.SigKey = "changeme");
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGripWebSocket("/soak/{own}/{shared}", Answer);
    }

    /// <summary>As a target in a routes file.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Requests that were answered.</summary>
    public int Requests => _requests;

    /// <summary>Completes once the origin has heard of the end of every connection, or has brought it about. Nothing may be opened meanwhile.</summary>
    /// <exception cref="TimeoutException">It has not; the text names the clients.</exception>
    public async Task AllEndedAsync(TimeSpan patience)
    {
        using CancellationTokenSource late = new(patience, TimeProvider.System);
        try
        {
            while (!_open.IsEmpty)
            {
                await _ends.WaitAsync(late.Token);
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"The origin has not heard of the end of {string.Join(", ", _open.Values)}", exception);
        }
    }

    public static async Task<SoakOrigin> StartAsync()
    {
        SoakOrigin origin = new();
        await origin._app.StartAsync();
        IServerAddressesFeature addresses = origin._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!; // Kestrel has it.
        origin.Address = new Uri(addresses.Addresses.Single()).Authority;
        return origin;
    }

    public ValueTask DisposeAsync()
    {
        _ends.Dispose();
        return _app.DisposeAsync();
    }

    private IResult? Answer(GripWebSocket socket, HttpContext context, string own, string shared)
    {
        Interlocked.Increment(ref _requests);
        foreach (WebSocketEvent happened in socket.Events)
        {
            switch (happened.Type)
            {
                case WebSocketEventType.Open:
                    _open[socket.ConnectionId] = own;
                    socket.Accept();
                    socket.Subscribe(own);
                    socket.Subscribe(shared);
                    socket.Send("ready");
                    break;
                case WebSocketEventType.Close or WebSocketEventType.Disconnect:
                    End(socket);
                    break;
                case WebSocketEventType.Text when happened.Text == "leave":
                    socket.Unsubscribe(shared);
                    socket.Send("left");
                    break;
                case WebSocketEventType.Text when happened.Text == "join":
                    socket.Subscribe(shared);
                    socket.Send("joined");
                    break;
                case WebSocketEventType.Text when happened.Text.StartsWith("fail ", StringComparison.Ordinal):
                    End(socket);
                    return Fail(socket, context, happened.Text);
                case WebSocketEventType.Text:
                    socket.Send(happened.Text);
                    break;
            }
        }

        return null;
    }

    private void End(GripWebSocket socket)
    {
        _open.TryRemove(socket.ConnectionId, out _);
        _ends.Release();
    }

    private static IResult? Fail(GripWebSocket socket, HttpContext context, string how)
    {
        switch (how)
        {
            case "fail status":
                return Results.StatusCode(StatusCodes.Status500InternalServerError);
            case "fail events":
                return Results.Text("TEXT zz\r\n", WebSocketEventWriter.ContentType);
            case "fail type":
                return Results.Text("OPEN\r\n", "text/plain");
            case "fail reset":
                context.Abort();
                return null;
            default:
                socket.Disconnect();
                return null;
        }
    }
}
