namespace GripProxy.Plugins.Events;

/// <summary>What is known of events beside what they say. Immutable.</summary>
/// <param name="Tenant">Number of the tenant, <c>team_id</c>.</param>
/// <param name="Address">Address of the client, or null.</param>
/// <param name="Now">When they came.</param>
/// <param name="SentAt">When their client says it sent them, as it wrote it, or null.</param>
internal sealed record EventSource(int Tenant, string? Address, DateTimeOffset Now, string? SentAt)
{
    /// <summary>Whom they are about where they do not say it; null: such events are refused.</summary>
    public string? DefaultId { get; init; }
}
