using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Post;

/// <summary>An install as the work beside the chain sees it. Immutable.</summary>
/// <param name="Install">The install.</param>
/// <param name="MayRun">True if it may be called, now or once it has started.</param>
/// <param name="Capabilities">What it exports, or null as long as that is not known.</param>
internal sealed record CallablePlugin(Install Install, bool MayRun, PluginCapabilities? Capabilities);
