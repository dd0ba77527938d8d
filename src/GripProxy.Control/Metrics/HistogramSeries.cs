using GripProxy.Channels.Traffic;

namespace GripProxy.Control.Metrics;

/// <summary>One histogram with its labels. Thread-safe: values that many threads record at once meet nobody.</summary>
internal sealed class HistogramSeries
{
    // A sum of whole numbers can be striped too.
    private const double UnitsOfSum = 1e9;

    private readonly double[] _bounds;
    private readonly StripedCounts _counts;

    /// <summary>Makes an empty one.</summary>
    /// <param name="labels">The labels as text.</param>
    /// <param name="bounds">Upper bounds of the buckets, ascending; one without a bound follows.</param>
    public HistogramSeries(string labels, double[] bounds)
    {
        Labels = labels;
        _bounds = bounds;
        _counts = new StripedCounts(bounds.Length + 2);
    }

    /// <summary>The labels as text.</summary>
    public string Labels { get; }

    /// <summary>The bounds.</summary>
    public IReadOnlyList<double> Bounds => _bounds;

    /// <summary>The sum of all values.</summary>
    public double Sum => _counts.Total(_bounds.Length + 1) / UnitsOfSum;

    /// <summary>How many values are in a bucket; the last is the one without a bound.</summary>
    public long CountOf(int bucket) => _counts.Total(bucket);

    /// <summary>Takes a value.</summary>
    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
            bucket++;
        _counts.Add(bucket, 1);
        _counts.Add(_bounds.Length + 1, (long)Math.Round(value * UnitsOfSum));
    }
}
