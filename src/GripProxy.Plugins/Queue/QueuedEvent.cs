namespace GripProxy.Plugins.Queue;

/// <summary>An event that waits for its plugins (plugins.md §7.2). Immutable.</summary>
internal sealed record QueuedEvent
{
    /// <summary>Place in the queue; 0 before it is stored.</summary>
    public long Sequence { get; init; }

    /// <summary>Where its queue keeps it, if that is not said by <see cref="Sequence"/>; for nobody else.</summary>
    public string? Place { get; init; }

    /// <summary>Number of the tenant.</summary>
    public required int Tenant { get; init; }

    /// <summary>Events of one key keep their order: the distinct id.</summary>
    public required string Key { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>How often it came back from the dead letters.</summary>
    public int Replayed { get; init; }

    /// <summary>Not to be tried before, or null.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How many events stand before it that each captured the next: 0 for one that came in from outside (plugins-api.md §3.9). No plugin sees it.</summary>
    public int Depth { get; init; }

    /// <summary>Number of the install that captured it; 0: it came in from outside.</summary>
    public int CapturedBy { get; init; }

    /// <summary>The node whose sender waits for its end, as that node calls itself (<see cref="IWorkStore.Sender"/>); empty: nobody waits elsewhere.</summary>
    public string Sender { get; init; } = "";

    /// <summary>JSON as it enters the chain.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
