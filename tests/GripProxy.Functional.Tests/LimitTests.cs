using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Functional.Tests;

/// <summary>Limits of bodies, answers and instructs: what breaks one is refused and counted by its name, and nobody else notices (docs/security.md has the list).</summary>
public sealed class LimitTests(AbusedProxy world) : IClassFixture<AbusedProxy>
{
    private const int LargeAnswer = 1024 * LargeFrame;
    private const int LargeFrame = (64 * 1024) + 10;

    // A binary message that fills the rest of such a frame; to an answer it is as good as anything.
    private static readonly byte[] s_largeFrameHead = [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_LongerThanAllowed_IsRefused(bool isDeclared)
    {
        int before = await world.RefusalsAsync("body");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        if (isDeclared)
        {
            await client.SendAsync($"POST /here HTTP/1.1\r\nHost: example.test\r\nContent-Length: {AbusedProxy.LongestBody + 1}\r\n\r\nx");
        }
        else
        {
            string chunk = new('x', AbusedProxy.LongestBody);
            await client.SendAsync($"POST /here HTTP/1.1\r\nHost: example.test\r\nTransfer-Encoding: chunked\r\n\r\n{chunk.Length:x}\r\n{chunk}\r\n1\r\nx\r\n");
        }

        RawResponse answer = await client.ReadResponseAsync();
        Assert.Equal((413, "Request body too large.\n", "close"), (answer.Status, answer.Body, answer.Header("Connection")));
        Assert.Equal(before + 1, await world.RefusalsAsync("body"));
        await world.ServesAsync();
    }

    [Fact]
    public async Task Body_AsLongAsAllowed_Passes()
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();

        await client.SendAsync($"POST /here HTTP/1.1\r\nHost: example.test\r\nContent-Length: {AbusedProxy.LongestBody}\r\n\r\n{new string('x', AbusedProxy.LongestBody)}");

        Assert.Equal("here", (await client.ReadResponseAsync()).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_ThatNobodyTakes_IsCut(bool isWebSocket)
    {
        TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Origin.On("/large", async context =>
        {
            await using CancellationTokenRegistration gone = context.RequestAborted.Register(() => cut.TrySetResult());
            Stream body = await AnswerAsync(context, isWebSocket);
            byte[] piece = new byte[LargeFrame];
            s_largeFrameHead.CopyTo(piece, 0);
            try
            {
                for (int sent = 0; sent < LargeAnswer; sent += piece.Length)
                {
                    await body.WriteAsync(piece, context.RequestAborted);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The connection is gone, which the token tells as well.
            }

            // What is written to a connection that is just going counts as written: that all was taken says nothing.
            await cut.Task;
        });
        int before = await world.RefusalsAsync("answer_rate");
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8192 };
        await client.ConnectAsync(world.Proxy.Client);
        string[] handshake = isWebSocket ? ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="] : [];
        await client.SendAsync(Encoding.ASCII.GetBytes(RawHttp.Get("/large", "example.test", handshake)));

        // The origin hears of it when the proxy lets it go.
        await cut.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(before + 1, await world.RefusalsAsync("answer_rate"));
        await world.ServesAsync();
    }

    [Fact]
    public async Task Channels_MoreThanAllowed_TheOthersAreLeftOutAndItIsCounted()
    {
        int before = await world.RefusalsAsync("connection_subscription_max");
        world.Origin.OnHold("/many", "stream", string.Join(", ", Enumerable.Range(0, 21).Select(number => string.Create(CultureInfo.InvariantCulture, $"many-{number}"))), "open\n");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/many"));
        await client.ReadHeadAsync();
        await client.ReadStreamAsync("open\n");
        await world.Proxy.SubscribedAsync("many-19");

        Assert.Equal(before + 1, await world.RefusalsAsync("connection_subscription_max"));
        await world.Proxy.Control.PublishStreamAsync("many-20", "nobody\n");
        await world.Proxy.Control.PublishStreamAsync("many-19", "last\n");
        Assert.Equal("open\nlast\n", await client.ReadStreamAsync("last\n"));
    }

    [Theory]
    [InlineData("long name")]
    [InlineData("deep JSON")]
    public async Task Instruct_BeyondALimit_IsRefused(string kind)
    {
        int before = await world.RefusalsAsync("invalid_instruct");
        if (kind == "long name")
        {
            world.Origin.OnHold("/instruct", "stream", new string('n', 1025), "open\n");
        }
        else
        {
            world.Origin.On("/instruct", context =>
            {
                context.Response.ContentType = "application/grip-instruct";
                byte[] body = Encoding.ASCII.GetBytes("""{"hold":{"mode":"stream","channels":[{"name":"a"}]},"response":{"body":"x"},"more":""" + new string('[', 90) + new string(']', 90) + "}");
                return context.Response.Body.WriteAsync(body).AsTask();
            });
        }

        await using RawHttp client = await world.Proxy.ConnectAsync();
        Assert.Equal((int)HttpStatusCode.BadGateway, (await client.GetAsync("/instruct")).Status);

        Assert.Equal(before + 1, await world.RefusalsAsync("invalid_instruct"));
    }

    [Fact]
    public async Task Publish_ToALongName_IsRefused()
    {
        int before = await world.RefusalsAsync("invalid_format");

        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync($$$"""{"items":[{"channel":"{{{new string('n', 1025)}}}","http-stream":{"content":"x"}}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before + 1, await world.RefusalsAsync("invalid_format"));
    }

    [Fact]
    public async Task Publish_TooLong_IsRefused()
    {
        int before = await world.RefusalsAsync("body_too_large");

        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync(new string(' ', 1_000_001));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before + 1, await world.RefusalsAsync("body_too_large"));
    }

    [Fact]
    public async Task Answer_WithTooManyHeaders_IsRefused()
    {
        int before = await world.RefusalsAsync("invalid_answer");
        world.Origin.On("/headers", context =>
        {
            for (int i = 0; i < 65; i++)
            {
                context.Response.Headers[string.Create(CultureInfo.InvariantCulture, $"X-{i}")] = "x";
            }

            return Task.CompletedTask;
        });

        await using RawHttp client = await world.Proxy.ConnectAsync();
        Assert.Equal((int)HttpStatusCode.BadGateway, (await client.GetAsync("/headers")).Status);

        Assert.Equal(before + 1, await world.RefusalsAsync("invalid_answer"));
    }

    [Fact]
    public async Task Request_WithTooManyHeaders_IsRefused()
    {
        int before = await world.RefusalsAsync("headers");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/here", "example.test", [.. Enumerable.Range(0, 64).Select(number => string.Create(CultureInfo.InvariantCulture, $"X-{number}: x"))]);

        Assert.Equal(431, answer.Status);
        Assert.Equal(before + 1, await world.RefusalsAsync("headers"));
    }

    [Fact]
    public async Task Head_TooLarge_IsRefused()
    {
        int before = await world.RefusalsAsync("head_too_large");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/here", "example.test", "X-Large: " + new string('x', 8192));

        Assert.Equal(400, answer.Status);
        Assert.Equal(before + 1, await world.RefusalsAsync("head_too_large"));
    }

    private static async Task<Stream> AnswerAsync(HttpContext context, bool isWebSocket)
    {
        if (!isWebSocket)
        {
            context.Response.ContentLength = LargeAnswer;
            return context.Response.Body;
        }

        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = RawWebSocket.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
