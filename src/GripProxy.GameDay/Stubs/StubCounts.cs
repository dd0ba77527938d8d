namespace GripProxy.GameDay.Stubs;

/// <summary>Takes what stub customers do. Thread-safe.</summary>
/// <param name="Item">They took an item.</param>
/// <param name="Opened">They opened one, and the target took the event.</param>
/// <param name="Clicked">They clicked one, and the target took the event.</param>
/// <param name="Failed">The target did not take their event, or a connection was lost.</param>
internal sealed record StubCounts(Action Item, Action Opened, Action Clicked, Action<string> Failed);
