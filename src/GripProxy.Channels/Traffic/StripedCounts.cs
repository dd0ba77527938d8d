using System.Numerics;

namespace GripProxy.Channels.Traffic;

/// <summary>
/// Counts that many threads add to at once: every processor has its own set, on cache lines of its own, so that an addition meets nobody.
/// Thread-safe.
/// </summary>
public sealed class StripedCounts
{
    // Two lines of 64 bytes: processors fetch them in pairs.
    private const int Line = 128 / sizeof(long);
    private const int MaxStripes = 16;

    private readonly long[] _cells;
    private readonly int _width;
    private readonly int _mask;

    /// <summary>Makes so many counts, all 0.</summary>
    public StripedCounts(int counts)
    {
        var stripes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MaxStripes));
        _width = (counts + Line - 1) / Line * Line;
        _mask = stripes - 1;
        _cells = new long[stripes * _width];
    }

    /// <summary>Adds to one count.</summary>
    public void Add(int count, long number) => Interlocked.Add(ref _cells[((Thread.GetCurrentProcessorId() & _mask) * _width) + count], number);

    /// <summary>One count, over all processors.</summary>
    public long Total(int count)
    {
        long total = 0;
        for (var cell = count; cell < _cells.Length; cell += _width)
            total += Volatile.Read(ref _cells[cell]);
        return total;
    }
}
