using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Reliability;

/// <summary>Why origins are asked again, in numbers (STA-30).</summary>
public sealed class RecoveryMetricsTests : IDisposable
{
    private readonly HoldsFixture _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task Response_Hint_IsCountedAsSuch()
    {
        var held = HoldAsync();
        _holds.PublishResponse("", action: ItemAction.Hint);
        Assert.NotNull((await held).Retry);
        Assert.Equal(1, Count("hint"));
    }

    [Fact]
    public async Task Response_Gap_IsCountedAsPrevId()
    {
        var held = HoldAsync(HoldsFixture.Channel("c", prevId: "1"));
        _holds.PublishResponse("late", id: "3");
        Assert.NotNull((await held).Retry);
        Assert.Equal(1, Count("prev-id"));
    }

    [Fact]
    public async Task Response_Recover_IsCountedAsSuch()
    {
        var held = HoldAsync();
        _holds.Pipeline.Recover();
        Assert.NotNull((await held).Retry);
        Assert.Equal(1, Count("recover"));
    }

    private long Count(string reason) => _holds.Metrics[$"gripproxy.recoveries transport=response reason={reason}"];

    private Task<ResponseHoldResult> HoldAsync(params ChannelInstruct[] channels) =>
        _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response, channels), CancellationToken.None);
}
