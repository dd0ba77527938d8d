using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests;

public sealed class ConnectionDirectoryTests : IDisposable
{
    private readonly HoldsFixture _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task IsAlive_AHeldRequest_UntilItEnds()
    {
        var held = _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response) with { ConnectionId = "a" }, CancellationToken.None);
        Assert.True(_holds.Keeper.IsAlive("a"));
        Assert.False(_holds.Keeper.IsAlive("b"));
        _holds.Keeper.EndAll(CloseReason.Drain);
        await held;
        Assert.False(_holds.Keeper.IsAlive("a"));
    }

    [Fact]
    public async Task Refresh_NoWebSocket_IsNotFound()
    {
        var held = _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response) with { ConnectionId = "a" }, CancellationToken.None);
        Assert.False(_holds.Keeper.Refresh("a"));
        _holds.Keeper.EndAll(CloseReason.Drain);
        await held;
    }
}
