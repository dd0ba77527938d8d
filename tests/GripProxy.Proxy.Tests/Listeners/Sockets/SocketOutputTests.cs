using GripProxy.Channels.Delivery;
using System.Buffers;

namespace GripProxy.Proxy.Tests.Listeners.Sockets;

public sealed class SocketOutputTests
{
    // More than all buffers between the two ends take.
    private const int Much = 32 << 20;

    [Fact]
    public async Task Output_OfAConnection_CanBePrefetched()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        var output = Assert.IsAssignableFrom<IPrefetched>(pair.Output);
        for (var depth = 0; depth < IPrefetched.Depths; depth++)
            output.Prefetch(depth);
    }

    [Fact]
    public async Task Abort_WhileABlockIsWrittenInto_LeavesItToTheWriter()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        var block = pair.Output.GetMemory();

        pair.Connection.Abort();

        Assert.Equal(1, pair.Blocks.Rented);
        "late"u8.CopyTo(block.Span);
        pair.Output.Advance(4);
        Assert.Equal(0, pair.Blocks.Rented);
        Assert.True((await pair.Output.FlushAsync()).IsCompleted);
    }

    [Fact]
    public async Task Abort_WhileARestIsSentAndABlockIsWrittenInto_LeavesItToTheWriter()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        var flush = pair.Output.WriteAsync(new byte[Much]).AsTask();
        pair.Output.CancelPendingFlush();
        Assert.True((await flush).IsCanceled);
        pair.Output.GetMemory(4096);

        pair.Connection.Abort();
        await pair.Blocks.DownToAsync(1).WaitAsync(SocketPair.Patience);

        Assert.Equal(1, pair.Blocks.Rented);
        pair.Output.Advance(4096);
    }

    [Fact]
    public async Task Write_AfterTheConnectionIsGone_KeepsNoBlock()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        pair.Connection.Abort();

        pair.Output.Write(new byte[10_000]);
        Assert.True((await pair.Output.FlushAsync()).IsCompleted);

        Assert.Equal(0, pair.Blocks.Rented);
    }

    [Fact]
    public async Task CancelPendingFlush_BeforeTheFlush_TheRestIsSentAllTheSame()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        pair.Output.CancelPendingFlush();

        Assert.True((await pair.Output.WriteAsync(new byte[Much])).IsCanceled);

        var received = 0;
        var buffer = new byte[1 << 20];
        while (received < Much)
            received += await pair.Client.ReceiveAsync(buffer).WaitAsync(SocketPair.Patience);
    }
}
