using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.HandOver;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>A server that stops in order, while requests come back from their holds.</summary>
public sealed class LayerStopTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_ThatComesBackWhileTheServerStops_IsAnswered_AndItsConnectionEnds(bool restsMeanwhile)
    {
        var parked = new TaskCompletionSource<Parked>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort] }, async context =>
        {
            var layer = (HttpLayer)context.Features.GetRequiredFeature<IConnectionHandOver>();
            if (layer.TakeReplay() is null)
            {
                layer.Take(new Parked(parked));
                return;
            }

            if (restsMeanwhile)
                await Task.Yield();
            context.Response.ContentLength = "again".Length;
            await context.Response.WriteAsync("again");
        });
        await using var client = new AnswerReader(await ClientServer.ConnectAsync(server.Address));
        await client.SendAsync(HoldingServer.Get("/held", "one"));
        var held = await parked.Task.WaitAsync(ClientServer.Patience);

        // All are told before it returns.
        var stopped = server.StopAsync();
        held.End(AfterHold.Again(new Replay()));

        Assert.Equal("again", await client.ReadAsync());
        Assert.Equal("", await client.ReadAsync());
        await stopped.WaitAsync(ClientServer.Patience);
    }

    private sealed class Replay : RequestReplay
    {
        public override ReadOnlyMemory<byte> Head { get; } = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

        public override void Abandon()
        {
        }
    }
}
