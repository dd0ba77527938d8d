using GripProxy.Protocol.Configuration;

namespace GripProxy.Control.Inspect.Node;

/// <summary>What came of a reload (CTL-06): changes, or errors and then no change. Immutable.</summary>
/// <param name="Changed">What is another one now, such as <c>routes</c>.</param>
/// <param name="Errors">Why nothing was changed.</param>
public sealed record ReloadReport(IReadOnlyList<string> Changed, IReadOnlyList<ConfigProblem> Errors);
