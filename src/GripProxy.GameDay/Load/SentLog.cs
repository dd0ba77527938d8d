using GripProxy.GameDay.Figures;

namespace GripProxy.GameDay.Load;

/// <summary>What was sent in a step: when each event was due, and which ones the target took, of each name and in all. Thread-safe by its own lock.</summary>
/// <param name="step">The step, from 1.</param>
/// <param name="names">How many names events have.</param>
internal sealed class SentLog(int step, int names)
{
    /// <summary>In place of a name: all events.</summary>
    public const int Any = -1;

    private readonly Lock _gate = new();
    private readonly List<long> _due = [];
    private readonly int[] _counts = new int[names];
    private readonly BitList[] _taken = [.. Enumerable.Range(0, names).Select(static _ => new BitList())];
    private readonly BitList _all = new();

    /// <summary>The step.</summary>
    public int Step => step;

    /// <summary>Notes an event.</summary>
    /// <param name="name">Which name it has.</param>
    /// <param name="due">When it was due, by the clock's timestamp.</param>
    /// <returns>Its number in the step, and among those of its name.</returns>
    public (int Number, int OfName) Add(int name, long due)
    {
        lock (_gate)
        {
            _due.Add(due);
            return (_due.Count - 1, _counts[name]++);
        }
    }

    /// <summary>Notes that the target took an event.</summary>
    public void Take(int name, int number, int ofName)
    {
        lock (_gate)
        {
            _all.Add(number);
            _taken[name].Add(ofName);
        }
    }

    /// <summary>When an event was due, or null if there is none with this number.</summary>
    public long? Due(int number)
    {
        lock (_gate)
            return number >= 0 && number < _due.Count ? _due[number] : null;
    }

    /// <summary>How many events of a name, or of <see cref="Any"/>, there are so far.</summary>
    public int CountOf(int name)
    {
        lock (_gate)
            return name == Any ? _due.Count : _counts[name];
    }

    /// <summary>How many events of a name, or of <see cref="Any"/>, from a number on the target took and somebody did not get.</summary>
    public long CountMissingIn(BitList got, int name, int from)
    {
        lock (_gate)
            return (name == Any ? _all : _taken[name]).CountMissingIn(got, from);
    }
}
