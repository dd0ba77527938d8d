using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Trials;

/// <summary>A plugin that is loaded and set up for a trial. Immutable.</summary>
/// <param name="Copy">Number of its copy.</param>
/// <param name="Capabilities">What it exports.</param>
internal sealed record TrialCopy(int Copy, PluginCapabilities Capabilities);
