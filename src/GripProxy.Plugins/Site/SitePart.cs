using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Site;

/// <summary>The browser part of an install. Immutable.</summary>
/// <param name="Install">Number of the install.</param>
/// <param name="Name">Its name.</param>
/// <param name="Code">Its compiled modules.</param>
internal sealed record SitePart(int Install, string Name, PluginCode Code);
