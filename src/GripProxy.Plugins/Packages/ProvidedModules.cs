namespace GripProxy.Plugins.Packages;

/// <summary>The modules that the operator provides to all plugins: <c>NAME.js</c>, or <c>NAME/</c> with what a package of the registry has in it (plugins-api.md §4.1). Stateless.</summary>
internal static class ProvidedModules
{
    /// <summary>Reads the folder.</summary>
    /// <param name="folder">The folder, or empty: none are provided.</param>
    /// <param name="modules">The files, or null.</param>
    /// <param name="error">What is wrong with the folder, or null.</param>
    /// <returns>False if it cannot be read.</returns>
    public static bool TryRead(string folder, out PackageFiles? modules, out string? error)
    {
        (modules, error) = (null, null);
        if (folder.Length == 0)
            return true;
        try
        {
            modules = Directory.Exists(folder) ? PackageFolder.Read(folder) : throw new PackageException($"there is no folder {folder}");
            return true;
        }
        catch (PackageException e)
        {
            error = $"[plugins] modules_dir: {e.Message}";
            return false;
        }
    }
}
