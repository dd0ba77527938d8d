using System.IO.Pipelines;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Tests.WebSockets;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests;

public sealed class HoldKeeperTests : IDisposable
{
    private readonly HoldsFixture _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task EndAll_BeforeAResponseHold_EndsItAtOnce()
    {
        _holds.Keeper.EndAll(CloseReason.Drain);
        var result = await _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response), CancellationToken.None);

        Assert.Equal(CloseReason.Drain, result.Reason);
    }

    [Fact]
    public async Task EndAll_BeforeAStreamHold_EndsItAtOnce()
    {
        _holds.Keeper.EndAll(CloseReason.Drain);
        var client = new Pipe();

        Assert.Equal(
            CloseReason.Drain, await _holds.Keeper.HoldStreamAsync(HoldsFixture.Request(HoldMode.Stream), client.Writer, CancellationToken.None));
    }

    [Fact]
    public async Task EndAll_BeforeAWebSocket_ClosesItWithServiceRestart()
    {
        _holds.Keeper.EndAll(CloseReason.Drain);
        using var ws = new WebSocketFixture(_holds, null, WebSocketFixture.Request());

        Assert.Equal("close 1012", await ws.Client.NextAsync());
        ws.Client.Close(1012);
        ws.Origin.Close(1000);
        Assert.Equal(CloseReason.Drain, await ws.Held);
    }

    [Fact]
    public async Task EndAll_BeforeAWebSocketThatDoesNotAnswer_CutsItAfterAWhile()
    {
        _holds.Keeper.EndAll(CloseReason.Drain);
        using var ws = new WebSocketFixture(_holds, null, WebSocketFixture.Request());
        Assert.Equal("close 1012", await ws.Client.NextAsync());
        ws.Advance(6);

        Assert.Equal(CloseReason.Drain, await ws.Held);
    }
}
