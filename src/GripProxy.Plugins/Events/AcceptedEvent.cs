namespace GripProxy.Plugins.Events;

/// <summary>An event that may enter the chain. Immutable.</summary>
/// <param name="DistinctId">Who it is about.</param>
/// <param name="Uuid">Its identity.</param>
/// <param name="IsNamed">True if its sender gave it the identity: the same again is the same event.</param>
/// <param name="Body">JSON as it enters the chain (plugins-api.md §3.1).</param>
internal sealed record AcceptedEvent(string DistinctId, Guid Uuid, bool IsNamed, ReadOnlyMemory<byte> Body)
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>How many members were left out because their names reach prototypes (plugins-http.md §3.4).</summary>
    public int DroppedNames { get; init; }
}
