namespace GripProxy.Plugins.Events.Ingest;

/// <summary>What a request says beside its events. Immutable.</summary>
internal sealed record IntakeRequest
{
    /// <summary>Address of the client, or null.</summary>
    public string? Address { get; init; }

    /// <summary>A request with the same is the same request; null: it says nothing.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How long its sender wants to wait for the end of its events; null: not at all.</summary>
    public TimeSpan? Wait { get; init; }
}
