using System.Diagnostics;

namespace GripProxy.Fuzz.Tests;

/// <summary>
/// Runs one target with inputs of the grammar and mutations of those that led to new outcomes. An input must not take longer than
/// <see cref="MostTime"/>, nor more memory than its length allows. Owned by one thread.
/// </summary>
public sealed class Fuzzer
{
    /// <summary>Beyond this a reader hangs. Wide, since the machine may be busy.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    private const long MostBytes = 16 * 1024 * 1024;
    private const int MostBytesPerByte = 2_000;

    // So that a long run does not fill the memory.
    private const int MostOutcomes = 5_000;

    private readonly FuzzTarget _target;
    private readonly Chance _chance;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _inputs;
    private readonly List<byte[]> _new = [];
    private readonly HashSet<string> _outcomes = new(StringComparer.Ordinal);

    /// <summary>Begins with a corpus.</summary>
    public Fuzzer(FuzzTarget target, IEnumerable<byte[]> corpus, int seed)
    {
        _target = target;
        _chance = new Chance(seed);
        _mutator = new Mutator(target, _chance);
        _inputs = [.. corpus];
    }

    /// <summary>Inputs that were run.</summary>
    public int Runs { get; private set; }

    /// <summary>Different outcomes so far.</summary>
    public int Outcomes => _outcomes.Count;

    /// <summary>Inputs that had an outcome which no earlier one had.</summary>
    public IReadOnlyList<byte[]> New => _new;

    /// <summary>The input under way, for who watches over a hang.</summary>
    public byte[] Current { get; private set; } = [];

    /// <summary>When it began, as a time stamp; 0 before the first.</summary>
    public long Began { get; private set; }

    /// <summary>Runs the corpus. What is wrong, or null.</summary>
    public Finding? Replay() => _inputs.Select(input => Try(input, isNew: false)).FirstOrDefault(static finding => finding is not null);

    /// <summary>Runs inputs until the time is over or something is wrong.</summary>
    public Finding? Run(TimeSpan time)
    {
        long begin = Stopwatch.GetTimestamp();
        Finding? finding = null;
        while (finding is null && Stopwatch.GetElapsedTime(begin) < time)
        {
            byte[] input = _inputs.Count == 0 || _chance.OneIn(4) ? _target.Generate(_chance) : _chance.Of(_inputs);
            finding = Try(_chance.OneIn(8) ? input : _mutator.Mutate(input, _inputs.Count == 0 ? [] : _chance.Of(_inputs)), isNew: true);
        }

        return finding;
    }

    private Finding? Try(byte[] input, bool isNew)
    {
        Runs++;
        Current = input;
        long began = Began = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            string outcome = _target.Run(input);
            if (_outcomes.Count < MostOutcomes && _outcomes.Add(outcome) && isNew)
            {
                _inputs.Add(input);
                _new.Add(input);
            }
        }
        catch (Exception exception)
        {
            return new Finding(_target, input, exception.ToString());
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (bytes > MostBytes + (MostBytesPerByte * (long)input.Length))
            return new Finding(_target, input, $"{bytes} bytes of memory for {input.Length}");
        return Stopwatch.GetElapsedTime(began) > MostTime ? new Finding(_target, input, "it takes too long") : null;
    }
}
