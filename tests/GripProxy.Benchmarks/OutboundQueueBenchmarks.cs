using BenchmarkDotNet.Attributes;
using GripProxy.Channels.Delivery;

namespace GripProxy.Benchmarks;

/// <summary>A piece into a connection's queue and out again.</summary>
public class OutboundQueueBenchmarks
{
    private readonly OutboundQueue _queue = new();
    private readonly byte[] _piece = new byte[100];

    /// <summary>Pieces that wait before the writer comes.</summary>
    [Params(1, 10)]
    public int Pieces { get; set; }

    [Benchmark]
    public int EnqueueAndTake()
    {
        for (var i = 0; i < Pieces; i++)
            _queue.Enqueue(_piece, ChannelRule.Default);
        var taken = 0;
        while (_queue.TryTake(out _))
            taken++;
        return taken;
    }
}
