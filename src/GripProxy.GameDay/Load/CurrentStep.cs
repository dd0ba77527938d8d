using GripProxy.GameDay.Clients;
using GripProxy.GameDay.Figures;

namespace GripProxy.GameDay.Load;

/// <summary>The step that a generator makes load for. Changed under the generator's lock, read without it; counters are changed with <see cref="Interlocked"/>.</summary>
/// <param name="log">What was sent.</param>
/// <param name="tally">What was counted.</param>
/// <param name="time">The clock.</param>
internal sealed class CurrentStep(SentLog log, StepTally tally, TimeProvider time)
{
    private long _holdSince = long.MaxValue;

    /// <summary>What was sent.</summary>
    public SentLog Log => log;

    /// <summary>What was counted.</summary>
    public StepTally Tally => tally;

    /// <summary>True if it has its full rate.</summary>
    public bool IsInHold => Volatile.Read(ref _holdSince) != long.MaxValue;

    /// <summary>True for what was due while it had its full rate.</summary>
    public bool HasInHold(long due) => due >= Volatile.Read(ref _holdSince);

    /// <summary>From now on it has its full rate (true), or not any more.</summary>
    public void SetHold(bool holds)
    {
        if (IsInHold)
            tally.HoldSeconds += time.GetElapsedTime(_holdSince).TotalSeconds;
        Volatile.Write(ref _holdSince, holds ? time.GetTimestamp() : long.MaxValue);
    }

    /// <summary>Counts events that are sent now.</summary>
    /// <param name="second">The second.</param>
    /// <param name="events">How many.</param>
    /// <param name="due">When they were due.</param>
    /// <param name="isLate">True if that is too long ago.</param>
    public void CountSent(Second second, int events, long due, bool isLate)
    {
        Interlocked.Add(ref second.Scheduled, events);
        Interlocked.Add(ref tally.Scheduled, events);
        if (HasInHold(due))
            Interlocked.Add(ref tally.HoldScheduled, events);
        if (isLate)
            Interlocked.Add(ref tally.Late, events);
    }

    /// <summary>Counts what a client received.</summary>
    public void CountReceived(Second second, Receipts receipts, EventMark mark)
    {
        if (mark.Step != log.Step || log.Due(mark.Number) is not { } due)
            return; // So late that its step is over: it was counted as missing.
        var (isNew, isLate) = receipts.Note(mark);
        if (!isNew)
        {
            Interlocked.Increment(ref tally.Duplicates);
            return;
        }

        if (isLate)
            Interlocked.Increment(ref tally.OutOfOrder);
        Interlocked.Increment(ref tally.Received);
        Interlocked.Increment(ref second.Received);
        var took = time.GetElapsedTime(due);
        second.Publish.Record(took);
        if (HasInHold(due))
            tally.Publish.Record(took);
    }
}
