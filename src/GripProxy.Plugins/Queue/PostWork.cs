namespace GripProxy.Plugins.Queue;

/// <summary>Something that is to be done for one install beside the chain (plugins.md §7.5-7.7, §9.2). Immutable.</summary>
internal sealed record PostWork
{
    /// <summary>What the methods of jobs begin with.</summary>
    public const string JobPrefix = "jobs.";

    /// <summary>Names it; 0 before it is stored.</summary>
    public long Id { get; init; }

    /// <summary>Epoch of the lease under which it was read, where several nodes share the queue: what becomes of it counts only as long as that is held. 0: it was not read to be done.</summary>
    public long Epoch { get; init; }

    /// <summary>Number of the tenant.</summary>
    public required int Tenant { get; init; }

    /// <summary>Number of the install.</summary>
    public required int Install { get; init; }

    /// <summary>The line it waits in.</summary>
    public required PostLine Line { get; init; }

    /// <summary>What is called: an exported function, <c>jobs.NAME</c>, or <c>webhook</c> for a request that is to be sent.</summary>
    public required string Method { get; init; }

    /// <summary>Name of the event it is about; empty for jobs.</summary>
    public string Event { get; init; } = "";

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Not to be done before.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>How often it came back from the dead letters.</summary>
    public int Replayed { get; init; }

    /// <summary>How many events stand before its event that each captured the next (plugins-api.md §3.9).</summary>
    public int Depth { get; init; }

    /// <summary>Names the batch of events that is tried together again; 0: not tried yet.</summary>
    public long Batch { get; init; }

    /// <summary>JSON: the event as it left the chain, the payload of a job, or a webhook.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
