using System.Numerics;

namespace GripProxy.GameDay.Figures;

/// <summary>
/// Counts times in buckets that grow with them: each is at most a thirty-second part wrong. Thread-safe; a reader sees some state between two records.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int Sub = 1 << SubBits;
    private const long Longest = (1L << 32) - 1; // microseconds: more than an hour
    private const int Buckets = (32 - SubBits + 1) * Sub;

    private readonly long[] _counts = new long[Buckets];

    /// <summary>How many were counted.</summary>
    public long Count
    {
        get
        {
            long sum = 0;
            foreach (ref var count in _counts.AsSpan())
                sum += Volatile.Read(ref count);
            return sum;
        }
    }

    /// <summary>Counts a time; a negative one counts as none.</summary>
    public void Record(TimeSpan time) => Interlocked.Increment(ref _counts[Index((long)time.TotalMicroseconds)]);

    /// <summary>Adds what another has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < Buckets; i++)
        {
            if (Volatile.Read(ref other._counts[i]) is not 0 and var count)
                Interlocked.Add(ref _counts[i], count);
        }
    }

    /// <summary>The time that so many percent do not exceed, in milliseconds; not a number if nothing was counted.</summary>
    public double Percentile(double percent)
    {
        var rank = (long)Math.Ceiling(Count * percent / 100);
        if (rank == 0)
            return double.NaN;
        long sum = 0;
        for (var i = 0; i < Buckets; i++)
        {
            sum += Volatile.Read(ref _counts[i]);
            if (sum >= rank)
                return Middle(i) / 1000.0;
        }

        return Longest / 1000.0;
    }

    /// <summary>The buckets that are not empty, as number and count in turn.</summary>
    public IEnumerable<long> Export()
    {
        for (var i = 0; i < Buckets; i++)
        {
            if (Volatile.Read(ref _counts[i]) is not 0 and var count)
            {
                yield return i;
                yield return count;
            }
        }
    }

    /// <summary>Adds what <see cref="Export"/> gave; buckets that there cannot be are left out.</summary>
    public void Import(IReadOnlyList<long> pairs)
    {
        for (var i = 0; i + 1 < pairs.Count; i += 2)
        {
            if (pairs[i] is >= 0 and < Buckets)
                Interlocked.Add(ref _counts[(int)pairs[i]], pairs[i + 1]);
        }
    }

    private static int Index(long microseconds)
    {
        var value = Math.Clamp(microseconds, 0, Longest);
        if (value < Sub)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) * Sub) + (int)(value >> shift) - Sub;
    }

    private static double Middle(int index)
    {
        if (index < Sub)
            return index;
        var shift = (index / Sub) - 1;
        return ((long)((index % Sub) + Sub) << shift) + ((1L << shift) / 2.0);
    }
}
