namespace GripProxy.OriginSample;

/// <summary>Somebody who has the page open. Immutable.</summary>
/// <param name="User">Name.</param>
/// <param name="Transports">How the page is connected: <c>long-poll</c>, <c>sse</c>, <c>websocket</c>.</param>
internal sealed record Person(string User, IReadOnlyList<string> Transports);
