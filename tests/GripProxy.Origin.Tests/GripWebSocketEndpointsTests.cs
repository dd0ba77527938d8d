using GripProxy.Origin.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Origin.Tests;

public sealed class GripWebSocketEndpointsTests
{
    [Fact]
    public async Task MapGripWebSocket_HandlerWithServicesAndRouteValues_GetsThem()
    {
        await using var origin = await WebSocketOrigin.StartAsync(
            async (GripWebSocket socket, string? room, Greeting greeting, CancellationToken cancellationToken) =>
            {
                await Task.CompletedTask.WaitAsync(cancellationToken);
                socket.Send(greeting.Text + room);
            },
            services => services.AddSingleton(new Greeting("welcome to ")));

        Assert.Equal("TEXT f\r\nm:welcome to ma\r\n", await origin.AskAsync("TEXT 1\r\nx\r\n", room: "ma"));
    }

    [Fact]
    public async Task MapGripWebSocket_HandlerWithAResult_AnswersWithIt()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) =>
        {
            socket.Accept();
            return Results.StatusCode(429);
        });

        using var response = await origin.SendAsync("OPEN\r\n");

        Assert.Equal(429, (int)response.StatusCode);
    }

    [Fact]
    public async Task MapGripWebSocket_HandlerWithoutASocket_IsRefusedAtOnce()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        Assert.Throws<ArgumentException>(() => app.MapGripWebSocket("/ws", () => { }));
    }

    [Theory]
    [InlineData("not signed", 403, "Grip-Sig")]
    [InlineData("signed by another", 403, "Grip-Sig")]
    [InlineData("other type", 415, "application/websocket-events")]
    [InlineData("type with a parameter", 415, "application/websocket-events")]
    [InlineData("no type", 415, "application/websocket-events")]
    [InlineData("no connection id", 400, "Connection-Id")]
    [InlineData("two connection ids", 400, "Connection-Id")]
    public async Task Request_NotOfOurProxy_NeverReachesTheHandler(string wrong, int status, string text)
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket _) => Assert.Fail("the handler was called"));

        using var response = await origin.SendAsync("OPEN\r\n", request =>
        {
            switch (wrong)
            {
                case "not signed":
                    request.Headers.Remove("Grip-Sig");
                    break;
                case "signed by another":
                    request.Headers.Remove("Grip-Sig");
                    request.Headers.Add("Grip-Sig", "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.e30.");
                    break;
                case "other type":
                    request.Content!.Headers.ContentType = new("text/plain");
                    break;
                case "type with a parameter":
                    request.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/websocket-events; x=y");
                    break;
                case "no type":
                    request.Content!.Headers.ContentType = null;
                    break;
                case "no connection id":
                    request.Headers.Remove("Connection-Id");
                    break;
                default:
                    request.Headers.Add("Connection-Id", "another");
                    break;
            }
        });

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPEN", "byte 0")]
    [InlineData("TEXT 1\r\na\r\nTEXT 5\r\nhell", "byte 11")]
    [InlineData("TEXT 2\r\nhello\r\n", "CR LF")]
    [InlineData("TEXT x\r\n\r\n", "hexadecimal")]
    [InlineData("TEXT -1\r\n\r\n", "hexadecimal")]
    [InlineData("TEXT ffffffff\r\n\r\n", "hexadecimal")]
    [InlineData("TEXT 7fffffff\r\n\r\n", "shorter")]
    public async Task Request_WithBadEvents_SaysWhereAndWhat(string events, string text)
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket _) => Assert.Fail("the handler was called"));

        using var response = await origin.SendAsync(events);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_LongerThanTheLimit_IsRefused(bool isChunked)
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket _) => Assert.Fail("the handler was called"));

        using var response = await origin.SendAsync(
            $"TEXT 3e8\r\n{new string('x', WebSocketOrigin.RequestLimit)}\r\n",
            request => request.Headers.TransferEncodingChunked = isChunked);

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task Request_OfExactlyTheLimit_IsRead()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.Send(socket.Events[0].Content.Length.ToString()));

        Assert.Equal("TEXT 5\r\nm:988\r\n", await origin.AskAsync($"TEXT 3dc\r\n{new string('x', 988)}\r\n"));
    }

    [Fact]
    public async Task Request_WithUnknownEvents_PassesThemOver()
    {
        await using var origin = await WebSocketOrigin.StartAsync((GripWebSocket socket) => socket.Send(string.Join(',', socket.Events.Select(e => e.Text))));

        Assert.Equal("TEXT 5\r\nm:a,b\r\n", await origin.AskAsync("TEXT 1\r\na\r\nNEWS 2\r\nxx\r\nLATER\r\nTEXT 1\r\nb\r\n"));
    }

    private sealed record Greeting(string Text);
}
