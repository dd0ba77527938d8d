using GripProxy.Holds.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

public class ClientTurnTests
{
    private readonly ClientTurn _turn = new();

    [Fact]
    public async Task Queue_WhileAMessageIsOpen_WaitsForItsEnd()
    {
        Assert.True(await _turn.BeginPartAsync());
        _turn.EndPart(isMessageOpen: true);
        var queue = _turn.EnterAsync().AsTask();
        Assert.True(await _turn.BeginPartAsync());
        Assert.False(queue.IsCompleted);
        _turn.EndPart(isMessageOpen: false);
        Assert.True(await queue);
    }

    [Fact]
    public async Task TryEnter_WhileAMessageIsOpenOrAbandoned_TakesNothing()
    {
        Assert.True(await _turn.BeginPartAsync());
        Assert.False(_turn.TryEnter());
        _turn.EndPart(isMessageOpen: true);
        Assert.False(_turn.TryEnter());
        Assert.True(await _turn.BeginPartAsync());
        _turn.EndPart(isMessageOpen: false);
        Assert.True(_turn.TryEnter());
        Assert.False(_turn.TryEnter());
        _turn.Exit();
        Assert.True(await _turn.BeginPartAsync());
        _turn.EndPart(isMessageOpen: true);
        Assert.True(_turn.Abandon());
        Assert.False(_turn.TryEnter());
        await _turn.EnterForCloseAsync();
    }

    [Fact]
    public async Task Relay_WhileTheQueueIsWritten_WaitsForItsTurn()
    {
        Assert.True(await _turn.EnterAsync());
        var relay = _turn.BeginPartAsync().AsTask();
        Assert.False(relay.IsCompleted);
        _turn.Exit();
        Assert.True(await relay);
    }

    [Fact]
    public async Task Abandon_OpenMessage_LeavesRoomForACloseFrameOnly()
    {
        Assert.True(await _turn.BeginPartAsync());
        _turn.EndPart(isMessageOpen: true);
        var queue = _turn.EnterAsync().AsTask();
        Assert.True(_turn.Abandon());
        Assert.False(await queue);
        Assert.False(await _turn.BeginPartAsync());
        await _turn.EnterForCloseAsync();
    }

    [Fact]
    public async Task Abandon_WithinAPart_WaitsForThePart()
    {
        Assert.True(await _turn.BeginPartAsync());
        Assert.True(_turn.Abandon());
        var close = _turn.EnterForCloseAsync().AsTask();
        Assert.False(close.IsCompleted);
        _turn.EndPart(isMessageOpen: true);
        await close;
    }

    [Fact]
    public async Task Abandon_NoMessage_ChangesNothing()
    {
        Assert.False(_turn.Abandon());
        Assert.True(await _turn.EnterAsync());
    }

    [Fact]
    public async Task BeginClosing_OpenMessage_MayEndButNoneMayBegin()
    {
        Assert.True(await _turn.BeginPartAsync());
        _turn.EndPart(isMessageOpen: true);
        _turn.BeginClosing();
        Assert.True(await _turn.BeginPartAsync());
        _turn.EndPart(isMessageOpen: false);
        Assert.False(await _turn.BeginPartAsync());
        Assert.True(await _turn.EnterAsync());
    }

    [Fact]
    public async Task EnterForClose_KeepsTheTurn()
    {
        await _turn.EnterForCloseAsync();
        Assert.False(await _turn.BeginPartAsync());
    }
}
