using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>Nothing beside the set-up file is looked at: what <c>gripproxy check</c> does. Stateless.</summary>
internal sealed class NoPackages : ISetupPackages
{
    /// <inheritdoc/>
    public Task<PluginPackage> FindAsync(string hash) => Task.FromException<PluginPackage>(new PackageException("is not looked up here; only a running proxy knows its packages"));

    /// <inheritdoc/>
    public Task<PluginPackage?> FetchAsync(string url, string sha256) => Task.FromResult<PluginPackage?>(null);
}
