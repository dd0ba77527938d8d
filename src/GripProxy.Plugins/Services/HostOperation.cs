using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Services;

/// <summary>Does one kind of thing for plugins. Called in the order in which they ask; what is done before it returns is done in that order.</summary>
/// <param name="install">Who asks.</param>
/// <param name="arguments">An object that the plugin wrote; valid until the answer is there.</param>
internal delegate ValueTask<HostAnswer> HostOperation(Install install, JsonElement arguments);
