using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Admin;

/// <summary>Finds the form of an install's configuration, for what shows it. Stateless.</summary>
internal static class PackageForm
{
    /// <summary>The form; where the package cannot be read, which the install's state tells, one in which everything is a secret.</summary>
    public static async Task<IReadOnlyList<ConfigField>> OfAsync(IPluginStateStore store, InstallRecord install)
    {
        try
        {
            if (await store.ReadPackageAsync(install.Package) is { } package)
                return package.Manifest.Config;
        }
        catch (Exception e) when (e is PackageException or StateUnavailableException)
        {
            // One package must not keep a whole list from being shown.
        }

        return ConfigMask.Unknown(install.Config);
    }
}
