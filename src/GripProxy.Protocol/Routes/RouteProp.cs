namespace GripProxy.Protocol.Routes;

/// <summary>One option of a section of a route line (RTE-02). Immutable.</summary>
/// <param name="Name">Name, never empty.</param>
/// <param name="Value">Value, quotes and escapes gone; empty where there is none.</param>
/// <param name="HasValue">True if a <c>=</c> was written.</param>
internal sealed record RouteProp(string Name, string Value, bool HasValue);
