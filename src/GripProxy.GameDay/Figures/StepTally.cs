using System.Collections.Concurrent;

namespace GripProxy.GameDay.Figures;

/// <summary>What one generator counted in a step. Thread-safe: counters are changed with <see cref="Interlocked"/>.</summary>
internal sealed class StepTally
{
    /// <summary>Events that were to be sent.</summary>
    public long Scheduled;

    /// <summary>Of these, those that the generator itself sent more than a second too late.</summary>
    public long Late;

    /// <summary>Those that the target took.</summary>
    public long Accepted;

    /// <summary>Events whose requests still wait for an answer.</summary>
    public long UnderWay;

    /// <summary>Items that clients received.</summary>
    public long Received;

    /// <summary>Items that a client received again.</summary>
    public long Duplicates;

    /// <summary>Items that a client received after a later one of the same user.</summary>
    public long OutOfOrder;

    /// <summary>Accepted events that a client should have received and did not, clients by clients.</summary>
    public long Missing;

    /// <summary>Clients that lost their connection or were not let in.</summary>
    public long ClientErrors;

    /// <summary>Items that stub customers took.</summary>
    public long StubItems;

    /// <summary>Items that they opened.</summary>
    public long StubOpens;

    /// <summary>Items that they clicked.</summary>
    public long StubClicks;

    /// <summary>Seconds at the full rate.</summary>
    public double HoldSeconds;

    /// <summary>Events that were to be sent at the full rate.</summary>
    public long HoldScheduled;

    /// <summary>The step, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Events that were not taken, by status or by what went wrong.</summary>
    public ConcurrentDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>From sending to answer, at the full rate.</summary>
    public LatencyHistogram Ingest { get; init; } = new();

    /// <summary>From sending to receipt, at the full rate.</summary>
    public LatencyHistogram Publish { get; init; } = new();

    /// <summary>Counts events that were not taken.</summary>
    public void AddError(string what, long events) => Errors.AddOrUpdate(what, events, (_, before) => before + events);

    /// <summary>Adds what another counted.</summary>
    public void Add(StepTally other)
    {
        Scheduled += Interlocked.Read(ref other.Scheduled);
        Late += Interlocked.Read(ref other.Late);
        Accepted += Interlocked.Read(ref other.Accepted);
        UnderWay += Interlocked.Read(ref other.UnderWay);
        Received += Interlocked.Read(ref other.Received);
        Duplicates += Interlocked.Read(ref other.Duplicates);
        OutOfOrder += Interlocked.Read(ref other.OutOfOrder);
        Missing += Interlocked.Read(ref other.Missing);
        ClientErrors += Interlocked.Read(ref other.ClientErrors);
        StubItems += Interlocked.Read(ref other.StubItems);
        StubOpens += Interlocked.Read(ref other.StubOpens);
        StubClicks += Interlocked.Read(ref other.StubClicks);
        HoldSeconds = Math.Max(HoldSeconds, other.HoldSeconds);
        HoldScheduled += Interlocked.Read(ref other.HoldScheduled);
        foreach (var (what, events) in other.Errors)
            AddError(what, events);
        Ingest.Add(other.Ingest);
        Publish.Add(other.Publish);
    }
}
