using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Trials;

/// <summary>A plugin that is loaded and set up for a trial. Immutable.</summary>
/// <param name="Install">The plugin.</param>
/// <param name="Copy">Number of its copy.</param>
/// <param name="Capabilities">What it exports.</param>
internal sealed record TrialCopy(Install Install, int Copy, PluginCapabilities Capabilities);
