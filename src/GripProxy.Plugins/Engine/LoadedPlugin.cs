namespace GripProxy.Plugins.Engine;

/// <summary>What became of loading a copy. Immutable.</summary>
/// <param name="Capabilities">What it exports, or null if its modules threw.</param>
/// <param name="Error">What they threw, or null.</param>
internal sealed record LoadedPlugin(PluginCapabilities? Capabilities, PluginError? Error);
