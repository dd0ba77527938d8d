namespace GripProxy.Control.Metrics;

/// <summary>One counter or gauge with its labels. Thread-safe.</summary>
internal sealed class MetricSeries(string labels)
{
    private long _value;
    private long _round = -1;

    /// <summary>The labels as text.</summary>
    public string Labels => labels;

    /// <summary>The value.</summary>
    public long Value => Interlocked.Read(ref _value);

    /// <summary>Adds to the value.</summary>
    public void Add(long number) => Interlocked.Add(ref _value, number);

    /// <summary>Takes a value that was asked for. Several of one round are added up. Only under the lock of the store.</summary>
    public void Observe(long number, long round)
    {
        Volatile.Write(ref _value, _round == round ? _value + number : number);
        _round = round;
    }

    /// <summary>True unless the value is asked for and was not there in this round. Only under the lock of the store.</summary>
    public bool IsThere(long round) => _round < 0 || _round == round;
}
