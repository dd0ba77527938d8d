namespace GripProxy.Protocol.Routes;

/// <summary>The condition or a target of a route line, as written (RTE-02). Immutable.</summary>
/// <param name="Value">The initial value: domain or address; may be empty.</param>
/// <param name="Props">Options in order.</param>
internal sealed record RouteSection(string Value, IReadOnlyList<RouteProp> Props);
