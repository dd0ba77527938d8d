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

    [Fact]
    public async Task DrainAsync_Polls_AreAnsweredOneAfterTheOther()
    {
        var held = Enumerable.Range(0, 4).Select(i => _holds.Keeper.HoldResponseAsync(
            HoldsFixture.Request(HoldMode.Response) with { ConnectionId = $"{i}" }, CancellationToken.None)).ToList();

        var drained = _holds.Keeper.DrainAsync(TimeSpan.FromSeconds(4), CancellationToken.None);

        while (held.Count > 0)
        {
            var ended = await Task.WhenAny(held);
            held.Remove(ended);
            Assert.All(held, static hold => Assert.False(hold.IsCompleted));
            var result = await ended;
            Assert.Equal(CloseReason.Drain, result.Reason);
            Assert.Equal("late"u8, result.Answer!.Body.Span);
            _holds.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await drained;
    }

    [Fact]
    public async Task DrainAsync_PollThatComesMeanwhile_IsAnsweredAtOnce()
    {
        await _holds.Keeper.DrainAsync(TimeSpan.FromSeconds(4), CancellationToken.None);

        var result = await _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response), CancellationToken.None);

        Assert.Equal("late"u8, result.Answer!.Body.Span);
    }

    [Fact]
    public async Task DrainAsync_Cut_LeavesTheRest()
    {
        var held = Enumerable.Range(0, 2).Select(i => _holds.Keeper.HoldResponseAsync(
            HoldsFixture.Request(HoldMode.Response) with { ConnectionId = $"{i}" }, CancellationToken.None)).ToArray();
        using var cut = new CancellationTokenSource();
        var drained = _holds.Keeper.DrainAsync(TimeSpan.FromSeconds(60), cut.Token);
        await Task.WhenAny(held);

        await cut.CancelAsync();
        await drained;

        Assert.Equal(1, _holds.Keeper.Count);
        _holds.Keeper.EndAll(CloseReason.Drain);
        await Task.WhenAll(held);
    }
}
