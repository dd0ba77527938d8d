namespace GripProxy.Plugins.Metrics;

/// <summary>The value of a number on one day. Immutable.</summary>
/// <param name="Install">Name of the install.</param>
/// <param name="Name">Name of the number.</param>
/// <param name="Kind"><c>sum</c>, <c>max</c> or <c>min</c> of plugins' own, <see cref="PluginMetrics.Count"/> of what the host counts.</param>
/// <param name="Day">The day (UTC).</param>
/// <param name="Value">The value.</param>
internal readonly record struct DailyValue(string Install, string Name, string Kind, DateOnly Day, double Value);
