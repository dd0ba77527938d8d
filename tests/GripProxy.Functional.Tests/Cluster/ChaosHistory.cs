using System.Globalization;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>What was published, as the origin knows it: the truth that clients are compared with. Thread-safe.</summary>
public sealed class ChaosHistory(int channels)
{
    private readonly int[] _last = new int[channels];

    public int Channels => channels;

    /// <summary>Number of the last item of a channel; items are numbered 1, 2, 3 …</summary>
    public int LastOf(int channel) => Volatile.Read(ref _last[channel]);

    /// <summary>The origin has a new item: it is in its data before it is published.</summary>
    public int Add(int channel) => Interlocked.Increment(ref _last[channel]);

    public static string Name(int channel) => string.Create(CultureInfo.InvariantCulture, $"chaos{channel}");

    /// <summary>The lines of items after one and up to another, as a body has them.</summary>
    public static string Lines(int after, int last) =>
        string.Concat(Enumerable.Range(after + 1, Math.Max(0, last - after)).Select(number => string.Create(CultureInfo.InvariantCulture, $"data: {number}\n\n")));
}
