using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>Packages that a set-up file names and that do not lie beside it.</summary>
internal interface ISetupPackages
{
    /// <summary>A package that is known by its content hash.</summary>
    /// <exception cref="PackageException">It is not known.</exception>
    Task<PluginPackage> FindAsync(string hash);

    /// <summary>A package from elsewhere.</summary>
    /// <param name="url">Where its archive is.</param>
    /// <param name="sha256">SHA-256 of the archive, in hex.</param>
    /// <returns>Null where packages are not fetched: nothing is known of it.</returns>
    /// <exception cref="PackageException">It cannot be fetched, is another one, or is no package.</exception>
    Task<PluginPackage?> FetchAsync(string url, string sha256);
}
