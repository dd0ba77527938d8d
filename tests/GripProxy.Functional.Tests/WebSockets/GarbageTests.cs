using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>Bytes at random where frames are expected end that WebSocket, and nothing else (design, law 6).</summary>
public sealed class GarbageTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    private const int Rounds = 200;

    public static TheoryData<OriginKind> Kinds => OriginKinds.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Client_SendsGarbage_OthersGoOn(OriginKind kind)
    {
        Random random = new(42);
        await using Talk other = await world.OpenAsync(kind);

        for (int round = 0; round < Rounds; round++)
        {
            await using Talk talk = await world.OpenAsync(kind);
            byte[] garbage = new byte[random.Next(1, 300)];
            random.NextBytes(garbage);
            await talk.Client.SendBytesAsync(garbage);
        }

        await other.Client.SendTextAsync("still here");
        Assert.Equal("still here", await other.Client.ReadTextAsync());
    }

    [Fact]
    public async Task Origin_SendsGarbage_ThatClientIsCutAndOthersGoOn()
    {
        Random random = new(43);
        await using Talk other = await world.OpenAsync(OriginKind.Native);
        world.Origin.On("/garbage", async context =>
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketAccept = RawWebSocket.Accept(context.Request.Headers.SecWebSocketKey.ToString());
            Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            byte[] garbage = new byte[300];
            lock (random)
            {
                random.NextBytes(garbage);
            }

            // A reserved bit, so that no garbage is good by chance.
            garbage[0] |= 0x70;
            await stream.WriteAsync(garbage);
            await stream.CopyToAsync(Stream.Null);
        });

        for (int round = 0; round < Rounds; round++)
        {
            await using RawWebSocket client = await RawWebSocket.ConnectAsync(world.Proxy.Client, "/garbage");
            await client.ReadEndAsync();
        }

        await other.Client.SendTextAsync("still here");
        Assert.Equal("still here", await other.Client.ReadTextAsync());
    }
}
