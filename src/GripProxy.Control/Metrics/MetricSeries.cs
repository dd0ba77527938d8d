namespace GripProxy.Control.Metrics;

/// <summary>One counter or gauge with its labels. Thread-safe.</summary>
internal sealed class MetricSeries(string labels)
{
    private long _sum;
    private double _observed;
    private long _round = -1;

    /// <summary>The labels as text.</summary>
    public string Labels => labels;

    /// <summary>The value: what was added up, or what was asked for last.</summary>
    public double Value => _round < 0 ? Interlocked.Read(ref _sum) : _observed;

    /// <summary>Adds to the value.</summary>
    public void Add(long number) => Interlocked.Add(ref _sum, number);

    /// <summary>Takes a value that was asked for. Several of one round are added up. Only under the lock of the store.</summary>
    public void Observe(double number, long round)
    {
        _observed = _round == round ? _observed + number : number;
        _round = round;
    }

    /// <summary>True unless the value is asked for and was not there in this round. Only under the lock of the store.</summary>
    public bool IsThere(long round) => _round < 0 || _round == round;
}
