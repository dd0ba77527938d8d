using System.Net.Http.Headers;
using System.Text;
using GripProxy.Security;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Origin.Tests.Support;

/// <summary>An origin with one WebSocket endpoint, and a client that asks it as the proxy does.</summary>
public sealed class WebSocketOrigin : IAsyncDisposable
{
    public const int RequestLimit = 1000;

    private const string Key = "a test key";

    private readonly KestrelServer _server;
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });

    private WebSocketOrigin(KestrelServer server) => _server = server;

    public static async Task<WebSocketOrigin> StartAsync(Delegate handler, Action<IServiceCollection>? configure = null) =>
        new(await KestrelServer.StartAsync(
            app => app.MapGripWebSocket("/ws/{room?}", handler),
            builder =>
            {
                builder.Services.AddGrip(grip =>
                {
                    grip.SigKey = Key;
                    grip.WebSocketRequestLimit = RequestLimit;
                });
                configure?.Invoke(builder.Services);
            }));

    /// <summary>A request of the proxy, changed at will.</summary>
    public async Task<HttpResponseMessage> SendAsync(string events, Action<HttpRequestMessage>? change = null, string room = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, "ws/" + room));
        request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(events));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/websocket-events");
        request.Headers.Add("Connection-Id", "5c8f2718-61ca-40cf-be8b-baad31a5437f");
        request.Headers.Add("Sec-WebSocket-Extensions", "grip");
        Assert.True(GripKey.TryRead(Key, ".", out var key, out _));
        request.Headers.Add("Grip-Sig", new GripSigner(key, "pushpin", TimeProvider.System).Token);
        change?.Invoke(request);
        return await _client.SendAsync(request);
    }

    /// <summary>The body of the answer to these events, one character per byte; the answer must be one the proxy takes.</summary>
    public async Task<string> AskAsync(string events, Action<HttpRequestMessage>? change = null, string room = "")
    {
        using var response = await SendAsync(events, change, room);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/websocket-events", response.Content.Headers.ContentType?.ToString());
        return Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
