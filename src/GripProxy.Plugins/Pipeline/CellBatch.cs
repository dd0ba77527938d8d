using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Pipeline;

/// <summary>Events that go to a cell together. Immutable.</summary>
/// <param name="Replica">Which of the cells that share the tenant's events, from 0.</param>
/// <param name="Events">The events, in their order.</param>
internal sealed record CellBatch(int Replica, IReadOnlyList<QueuedEvent> Events);
