namespace GripProxy.Proxy.Tests.Listeners.Sockets;

public sealed class SocketInputTests
{
    [Fact]
    public async Task Start_ClientSendsWithoutEnd_LetsItsThreadGo()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.SendAll();
        Assert.True(pair.Waiting > 128 * 1024, $"only {pair.Waiting} bytes are taken");
        var thread = Environment.CurrentManagedThreadId;
        var read = 0L;
        var reading = ReadAsync();

        pair.Connection.Start();
        var atOnce = Volatile.Read(ref read);

        Assert.InRange(atOnce, 1, 128 * 1024);
        pair.Client.Close(0);
        await reading.WaitAsync(SocketPair.Patience);

        async Task ReadAsync()
        {
            try
            {
                while (await pair.Input.ReadAsync().ConfigureAwait(false) is { IsCompleted: false } result)
                {
                    if (Environment.CurrentManagedThreadId == thread)
                        Volatile.Write(ref read, read + result.Buffer.Length);
                    pair.Input.AdvanceTo(result.Buffer.End);
                }
            }
            catch (IOException)
            {
                // The reset.
            }
        }
    }

    [Fact]
    public async Task Abort_WhileTooMuchWaits_IsHeardOf()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.SendAll();
        pair.Connection.Start();
        // It reads no further until somebody reads: nothing waits at the socket that could tell.
        Assert.Equal(32, pair.Blocks.Rented);
        var closed = pair.ClosedAsync();

        pair.Connection.Abort();

        await closed;
    }

    [Fact]
    public async Task Closed_SomebodyWhoHearsOfItFails_TheOthersHearOfIt_AndTheConnectionEnds()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        var first = pair.ClosedAsync();
        pair.Connection.ConnectionClosed.Register(static () => throw new InvalidOperationException("The fault of one."));
        var last = pair.ClosedAsync();

        pair.Client.Close(0);

        await Task.WhenAll(first, last);
    }
}
