using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Supervision;

/// <summary>A copy of an install that is loaded and set up in a running cell. Immutable.</summary>
/// <param name="Status">The install.</param>
/// <param name="Copy">Number of the copy in its cell.</param>
/// <param name="Capabilities">What it exports.</param>
internal sealed record LiveCopy(InstallStatus Status, int Copy, PluginCapabilities Capabilities);
