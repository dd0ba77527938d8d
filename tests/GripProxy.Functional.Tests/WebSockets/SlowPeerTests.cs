using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>Messages are never gathered in the proxy: whoever reads slowly holds the other side back (WS-03).</summary>
public sealed class SlowPeerTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    private const int Piece = 64 * 1024;

    // Far more than all the buffers of four sockets and the proxy between them; they may hold some megabytes each.
    private const long Total = 128L * 1024 * 1024;
    private const long Bound = 64L * 1024 * 1024;

    [Fact]
    public async Task Client_ThatReadsSlowly_HoldsTheOriginBack()
    {
        long sent = 0;
        world.Origin.On("/slow/client", async context =>
        {
            RawWebSocket socket = new(await AcceptAsync(context), isClient: false);
            byte[] piece = new byte[Piece];
            for (long i = 0; i < Total; i += Piece)
            {
                await socket.SendAsync(new RawFrame(RawFrame.BinaryCode, piece));
                Interlocked.Add(ref sent, Piece);
            }

            await socket.TryReadFrameAsync();
        });
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(world.Proxy.Client, "/slow/client");

        for (long received = 0; received < Total; received += Piece)
        {
            Assert.Equal(Piece, (await client.ReadMessageAsync()).Content.Length);
            long ahead = Interlocked.Read(ref sent) - received;
            Assert.True(ahead < Bound, $"the origin is {ahead} bytes ahead after {received}");
        }
    }

    [Fact]
    public async Task Origin_ThatReadsSlowly_HoldsTheClientBack()
    {
        long received = 0;
        TaskCompletionSource<bool> all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Origin.On("/slow/origin", async context =>
        {
            Stream stream = await AcceptAsync(context);
            byte[] buffer = new byte[4 * 1024];
            int count;
            // Headers of frames come on top.
            while (received < Total && (count = await stream.ReadAsync(buffer)) > 0)
            {
                Interlocked.Add(ref received, count);
            }

            all.SetResult(received >= Total);
        });
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(world.Proxy.Client, "/slow/origin");

        RawFrame piece = new(RawFrame.BinaryCode, new byte[Piece]);
        for (long sent = 0; sent < Total; sent += Piece)
        {
            await client.SendAsync(piece);
            long ahead = sent - Interlocked.Read(ref received);
            Assert.True(ahead < Bound, $"the client is {ahead} bytes ahead after {sent}");
        }

        Assert.True(await all.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private static Task<Stream> AcceptAsync(HttpContext context)
    {
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = RawWebSocket.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
