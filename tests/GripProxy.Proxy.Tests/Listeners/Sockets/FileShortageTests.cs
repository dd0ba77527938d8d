using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Sockets;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners.Sockets;

public sealed class FileShortageTests
{
    [Theory]
    [InlineData(1000, 935, false)]
    [InlineData(1000, 936, true)]
    [InlineData(null, 1_000_000, false)]
    public void IsNear_NumberOfTheLastFile_LeavesTheRuntimeSome(int? limit, long file, bool expected) =>
        Assert.Equal(expected, new FileShortage(limit, TimeProvider.System, NullLogger<FileShortage>.Instance).IsNear(file));

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets, true)]
    [InlineData(SocketError.NoBufferSpaceAvailable, true)]
    [InlineData(SocketError.ConnectionAborted, false)]
    public void Is_AnErrorOfAccepting_TellsWhetherToWait(SocketError error, bool expected) =>
        Assert.Equal(expected, FileShortage.Is(new SocketException((int)error)));

    [Fact]
    public async Task Wait_TimeNotOver_DoesNotComplete()
    {
        var time = new ManualTime();
        var wait = new FileShortage(null, time, NullLogger<FileShortage>.Instance).WaitAsync("none");
        Assert.False(wait.IsCompleted);

        time.Advance(TimeSpan.FromMilliseconds(100));

        await wait.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
