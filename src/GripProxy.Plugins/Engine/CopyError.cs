namespace GripProxy.Plugins.Engine;

/// <summary>What one copy threw. Immutable.</summary>
/// <param name="Copy">Number of the copy.</param>
/// <param name="Error">What it threw.</param>
internal readonly record struct CopyError(int Copy, PluginError Error);
