using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Tenants;

/// <summary>A version of an install that served, and why the one that is wanted does not.</summary>
/// <param name="Install">The install as it served.</param>
/// <param name="Error">What the wanted version threw.</param>
internal sealed record LastGoodVersion(Install Install, PluginError Error);
