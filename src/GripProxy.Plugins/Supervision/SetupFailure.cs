using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Supervision;

/// <summary>A set-up that did not come to its end. Immutable.</summary>
/// <param name="Error">What the plugin threw.</param>
/// <param name="IsFinal">True if it is not tried again.</param>
internal sealed record SetupFailure(PluginError Error, bool IsFinal);
