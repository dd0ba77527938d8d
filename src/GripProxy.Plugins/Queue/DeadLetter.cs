namespace GripProxy.Plugins.Queue;

/// <summary>Something that is not tried any more, until somebody says so (plugins.md §8.3). Immutable.</summary>
internal sealed record DeadLetter
{
    /// <summary>Names it.</summary>
    public required long Id { get; init; }

    /// <summary>Number of the tenant.</summary>
    public required int Tenant { get; init; }

    /// <summary>When it became one.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where it failed (<see cref="DeadLetterReason.Stage"/>).</summary>
    public required string Stage { get; init; }

    /// <summary>Number of the install it failed in; 0: in none.</summary>
    public required int Install { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often it had been replayed before.</summary>
    public required int Replayed { get; init; }

    /// <summary>What went wrong last.</summary>
    public required string Error { get; init; }

    /// <summary>The stack of what was thrown, or empty.</summary>
    public required string Stack { get; init; }

    /// <summary>Name of the event or job.</summary>
    public required string Event { get; init; }

    /// <summary>When the event came in, or the work was stored.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>JSON: the event, a list of events, the webhook or the payload of the job. Empty in lists.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
