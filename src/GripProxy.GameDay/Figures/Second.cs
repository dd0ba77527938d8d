namespace GripProxy.GameDay.Figures;

/// <summary>What happened in one second of a scenario. Counters are changed with <see cref="Interlocked"/>; what a second's requests came to is counted to that second.</summary>
internal sealed class Second
{
    /// <summary>Events that were to be sent.</summary>
    public long Scheduled;

    /// <summary>Of these, those that the target took.</summary>
    public long Accepted;

    /// <summary>Items that clients received.</summary>
    public long Received;

    /// <summary>Clients that lost their connection or were not let in.</summary>
    public long ClientErrors;

    /// <summary>Events that stub customers sent.</summary>
    public long StubEvents;

    /// <summary>Seconds since the beginning.</summary>
    public required int Number { get; init; }

    /// <summary>The step, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>True if the step had its full rate when it began.</summary>
    public bool InHold { get; init; }

    /// <summary>From sending to answer.</summary>
    public LatencyHistogram Ingest { get; init; } = new();

    /// <summary>From sending to receipt by a client.</summary>
    public LatencyHistogram Publish { get; init; } = new();

    /// <summary>Adds the same second of another.</summary>
    public void Add(Second other)
    {
        Scheduled += Interlocked.Read(ref other.Scheduled);
        Accepted += Interlocked.Read(ref other.Accepted);
        Received += Interlocked.Read(ref other.Received);
        ClientErrors += Interlocked.Read(ref other.ClientErrors);
        StubEvents += Interlocked.Read(ref other.StubEvents);
        Ingest.Add(other.Ingest);
        Publish.Add(other.Publish);
    }
}
