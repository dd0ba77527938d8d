namespace GripProxy.GameDay.Running;

/// <summary>Values that were looked at in a step. Owned by the conductor.</summary>
internal sealed class GaugeLog
{
    private static readonly string[] Counters = ["dlq.added", "cell.restarts"];

    private readonly Dictionary<string, List<double>> _values = [];
    private readonly Dictionary<string, double> _first = [];

    /// <summary>Names of what was seen.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>Begins with values of before the step: what is counted is counted from there.</summary>
    public void Begin(IReadOnlyDictionary<string, double> before)
    {
        foreach (var name in Counters)
        {
            if (before.TryGetValue(name, out var value))
                _first[name] = value;
        }
    }

    /// <summary>Notes values.</summary>
    public void Add(IReadOnlyDictionary<string, double> values)
    {
        foreach (var (name, value) in values)
        {
            if (!_values.TryGetValue(name, out var list))
                _values[name] = list = [];
            if (Counters.Contains(name))
                _first.TryAdd(name, value);
            list.Add(Math.Max(value - _first.GetValueOrDefault(name), 0));
        }
    }

    /// <summary>The last value, or not a number.</summary>
    public double Last(string name) => _values.TryGetValue(name, out var list) ? list[^1] : double.NaN;

    /// <summary>The highest value, or not a number.</summary>
    public double Highest(string name) => _values.TryGetValue(name, out var list) ? list.Max() : double.NaN;

    /// <summary>What the whole step comes to: the last value of what is counted, the mean of all else.</summary>
    public double Whole(string name) => !_values.TryGetValue(name, out var list) ? double.NaN : Counters.Contains(name) ? list[^1] : list.Average();
}
