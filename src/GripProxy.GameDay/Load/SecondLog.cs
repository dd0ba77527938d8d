using GripProxy.GameDay.Figures;

namespace GripProxy.GameDay.Load;

/// <summary>The seconds of a generator: the one that runs, and those that are over and not told yet. Guarded by the generator's lock, but for the counters of a second.</summary>
/// <param name="time">The clock.</param>
internal sealed class SecondLog(TimeProvider time)
{
    /// <summary>Seconds after which a second is told: what was not accepted until then is not in time.</summary>
    private const int Grace = 2;

    private readonly Queue<Second> _over = new();

    /// <summary>When the first one began, by the clock's timestamp.</summary>
    public long Begin { get; private set; } = time.GetTimestamp();

    /// <summary>The one that runs.</summary>
    public Second Now { get; private set; } = new() { Number = 0, Step = 1 };

    /// <summary>Seconds since the beginning.</summary>
    public double Elapsed => time.GetElapsedTime(Begin).TotalSeconds;

    /// <summary>The first second begins now.</summary>
    public void Restart() => Begin = time.GetTimestamp();

    /// <summary>Begins the second that it is by the clock, if it has not begun.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="isInHold">True if the step has its full rate.</param>
    public void Turn(int step, bool isInHold)
    {
        if ((int)Elapsed != Now.Number)
            Next(step, isInHold);
    }

    /// <summary>Those that were not told yet.</summary>
    /// <param name="isLast">True: also those of which more may come. What does come then counts for the same second.</param>
    public IReadOnlyList<Second> Take(bool isLast)
    {
        if (isLast)
            Next(Now.Step, Now.InHold);
        var seconds = new List<Second>();
        while (_over.TryPeek(out var first) && (isLast || first.Number < (int)Elapsed - Grace))
            seconds.Add(_over.Dequeue());
        return seconds;
    }

    private void Next(int step, bool isInHold)
    {
        _over.Enqueue(Now);
        Now = new Second { Number = (int)Elapsed, Step = step, InHold = isInHold };
    }
}
