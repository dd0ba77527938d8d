namespace GripProxy.Plugins.Events;

/// <summary>An event that may enter the chain. Immutable.</summary>
/// <param name="DistinctId">Who it is about.</param>
/// <param name="Body">JSON as it enters the chain (plugins-api.md §3.1).</param>
internal sealed record AcceptedEvent(string DistinctId, ReadOnlyMemory<byte> Body);
