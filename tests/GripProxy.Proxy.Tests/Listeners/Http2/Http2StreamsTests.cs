using System.Collections.Concurrent;
using System.Net;
using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Tests.Listeners.Http2;

/// <summary>Several requests on one HTTP/2 connection.</summary>
public sealed class Http2StreamsTests
{
    [Fact]
    public async Task Stream_ResetByTheClient_EndsThatRequestOnly()
    {
        var ended = new ConcurrentDictionary<string, TaskCompletionSource>();
        var connections = new ConcurrentDictionary<string, byte>();
        var options = new ClientListenerOptions { Listen = [ClientServer.AnyPort], Http2PriorKnowledge = true };
        await using var server = await ClientServer.StartAsync(options, async context =>
        {
            connections.TryAdd(context.Connection.Id, 0);
            var end = ended.GetOrAdd(context.Request.Path.Value!, _ => new TaskCompletionSource());
            await using var gone = context.RequestAborted.Register(() => end.TrySetResult());
            await context.Response.WriteAsync("held");
            await context.Response.Body.FlushAsync();
            await end.Task;
        });
        using var client = ClientServer.Client(server.Address, HttpVersion.Version20);
        using var kept = await HoldAsync(client, "/kept");
        var reset = await HoldAsync(client, "/reset");

        reset.Dispose();
        await ended["/reset"].Task.WaitAsync(ClientServer.Patience);

        Assert.Single(connections);
        Assert.False(ended["/kept"].Task.IsCompleted);
        ended["/kept"].SetResult();
        Assert.Equal("held", await kept.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> HoldAsync(HttpClient client, string path) =>
        client.GetAsync(new Uri("http://a.example" + path), HttpCompletionOption.ResponseHeadersRead);
}
