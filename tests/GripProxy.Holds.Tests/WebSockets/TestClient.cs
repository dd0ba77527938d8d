using GripProxy.Holds.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>A client in memory.</summary>
internal sealed class TestClient(TestFraming? framing = null) : TestPeer, IWebSocketClient
{
    private int _sends;

    public WebSocketFraming Framing { get; } = framing ?? new TestFraming();

    /// <summary>How often framed bytes were written, joined or not.</summary>
    public int Sends => Volatile.Read(ref _sends);

    /// <summary>What is thrown at once by whoever sends framed bytes, or null.</summary>
    public Exception? Failure { get; set; }

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> framed)
    {
        Interlocked.Increment(ref _sends);
        return Failure is null ? TakeAsync(framed) : throw Failure;
    }

    private async ValueTask<bool> TakeAsync(ReadOnlyMemory<byte> framed)
    {
        if (!await WaitToWriteAsync())
            return false;
        foreach (var part in TestFraming.Decode(framed))
            Take(part);
        return true;
    }
}
