using System.Buffers;
using System.Net.Sockets;

namespace GripProxy.Proxy.Tests.Listeners.Sockets;

/// <summary>Everything at once: a writer, a reader, whoever cancels and aborts, and a client that reads, stalls or leaves.</summary>
public sealed class SocketStormTests
{
    [Fact]
    public async Task Connections_UsedByAllAtOnce_EndAndGiveBackTheirBlocks()
    {
        for (var round = 0; round < 40; round++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(i => RunAsync(new Random((round * 10) + i)))).WaitAsync(SocketPair.Patience);
    }

    private static async Task RunAsync(Random random)
    {
        // Its end looks whether all blocks are back, once each.
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        var writing = Task.Run(() => WriteAsync(pair, new Random(random.Next())));
        var reading = Task.Run(() => ReadAsync(pair));
        var client = Task.Run(() => TalkAsync(pair, new Random(random.Next())));
        for (var i = random.Next(6); i > 0; i--)
        {
            await Task.Yield();
            pair.Output.CancelPendingFlush();
            pair.Input.CancelPendingRead();
        }

        if (random.Next(2) == 0)
            pair.Connection.Abort();
        await client;
        pair.Connection.Abort();
        await Task.WhenAll(writing, reading);
    }

    private static async Task WriteAsync(SocketPair pair, Random random)
    {
        for (var i = 0; i < 50; i++)
        {
            var memory = pair.Output.GetMemory(random.Next(1, 5000));
            await Task.Yield();
            pair.Output.Advance(random.Next(memory.Length));
            if (random.Next(3) == 0)
                pair.Output.Write(new byte[random.Next(20_000)]);
            var flush = random.Next(2) == 0 ? pair.Output.FlushAsync() : pair.Output.WriteAsync(new byte[random.Next(300_000)]);
            if ((await flush).IsCompleted)
                break;
        }

        await pair.Output.CompleteAsync();
    }

    private static async Task ReadAsync(SocketPair pair)
    {
        try
        {
            while (await pair.Input.ReadAsync() is { IsCompleted: false } result)
                pair.Input.AdvanceTo(result.Buffer.GetPosition(result.Buffer.Length / 2), result.Buffer.End);
        }
        catch (IOException)
        {
            // A reset, by either end.
        }
        catch (OperationCanceledException)
        {
            // Ours.
        }

        await pair.Input.CompleteAsync();
    }

    private static async Task TalkAsync(SocketPair pair, Random random)
    {
        var buffer = new byte[100_000];
        try
        {
            for (var i = random.Next(30); i > 0; i--)
            {
                if (random.Next(2) == 0)
                    await pair.Client.SendAsync(buffer.AsMemory(0, random.Next(1, 50_000)));
                else if (pair.Client.Available > 0)
                    await pair.Client.ReceiveAsync(buffer);
            }
        }
        catch (SocketException)
        {
            // The other end has aborted.
        }

        if (random.Next(2) == 0)
            pair.Client.Close(0);
    }
}
