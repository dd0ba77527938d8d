namespace GripProxy.Plugins.Metrics;

/// <summary>The value of a plugin's own metric. Immutable.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Install">Of which plugin.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>sum</c>, <c>max</c> or <c>min</c>.</param>
/// <param name="Value">The value.</param>
internal readonly record struct CustomMetric(string Tenant, string Install, string Name, string Kind, double Value);
