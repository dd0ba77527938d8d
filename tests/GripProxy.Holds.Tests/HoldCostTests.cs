using System.IO.Pipelines;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using Xunit.Abstractions;

namespace GripProxy.Holds.Tests;

/// <summary>What is allocated for a client that begins to be held: its request included, its connection and the origin's answer not.</summary>
public sealed class HoldCostTests(ITestOutputHelper output) : IDisposable
{
    private const int Holds = 500;
    private const int MostOfAStream = 2400;
    private const int MostOfAPoll = 1450;

    private readonly HoldsFixture _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public void Stream_ThatIsHeld_AllocatesLittle()
    {
        var pipes = Array.ConvertAll(new int[2 * Holds], static _ => new Pipe());
        var instruct = Instruct(HoldMode.Stream) with { KeepAlive = new KeepAlive("K"u8.ToArray(), TimeSpan.FromSeconds(20), KeepAliveMode.Idle) };

        var cost = Measure((number, id) => _holds.Keeper.HoldStreamAsync(
            Request(id, instruct), ResumePlan.None, pipes[number].Writer, writesChunks: true, CancellationToken.None));

        output.WriteLine($"a stream: {cost} bytes");
        Assert.InRange(cost, 1, MostOfAStream);
    }

    [Fact]
    public void Poll_ThatIsHeld_AllocatesLittle()
    {
        var instruct = Instruct(HoldMode.Response);

        var cost = Measure((_, id) => _holds.Keeper.HoldResponseAsync(Request(id, instruct), CancellationToken.None));

        output.WriteLine($"a long-poll: {cost} bytes");
        Assert.InRange(cost, 1, MostOfAPoll);
    }

    /// <summary>Bytes for each, by this thread: all are held when the call returns. Those before them have paid for what is made once.</summary>
    private static long Measure(Func<int, string, Task> hold)
    {
        var ids = Array.ConvertAll(Enumerable.Range(0, 2 * Holds).ToArray(), static number => $"{number}");
        var held = new Task[2 * Holds];
        var before = 0L;
        for (var i = 0; i < ids.Length; i++)
        {
            if (i == Holds)
                before = GC.GetAllocatedBytesForCurrentThread();
            held[i] = hold(i, ids[i]);
        }

        var cost = (GC.GetAllocatedBytesForCurrentThread() - before) / Holds;
        Assert.DoesNotContain(held, static one => one.IsCompleted);
        return cost;
    }

    private static HoldRequest Request(string id, Instruct instruct) => new() { ConnectionId = id, Url = "http://h/p", Instruct = instruct };

    private static Instruct Instruct(HoldMode mode) => new()
    {
        Hold = mode,
        Channels = [HoldsFixture.Channel("c")],
        Response = new HttpReply(200, "OK", HeaderList.Empty, default),
    };
}
