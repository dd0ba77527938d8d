namespace GripProxy.Plugins.Packages;

/// <summary>Reads a package that lies in a folder or an archive file on this server (plugins-api.md §1.1).</summary>
internal static class PackageFolder
{
    // What a checkout holds beside the package.
    private const string VersionControl = ".git";

    /// <summary>Reads the folder, or the archive if the path is a file's.</summary>
    /// <exception cref="PackageException">It cannot be read or is no package.</exception>
    public static PackageFiles Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
                return PackageFiles.Create(Files(new DirectoryInfo(path), ""));
            var archive = new FileInfo(path);
            if (!archive.Exists)
                throw new PackageException($"there is no folder or archive {path}");
            if (archive.Length > PackageLimits.ArchiveBytes)
                throw new PackageException($"the archive is larger than {PackageLimits.ArchiveBytes >> 20} MiB");
            return PackageArchive.Read(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not PackageException))
        {
            throw new PackageException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static IEnumerable<KeyValuePair<string, byte[]>> Files(DirectoryInfo folder, string prefix)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
                throw new PackageException($"{prefix}{entry.Name} is a link; a package holds files only");
            if (entry is FileInfo file)
                yield return new(prefix + file.Name, File.ReadAllBytes(file.FullName));
            else if (entry is DirectoryInfo inner && inner.Name != VersionControl)
            {
                foreach (var below in Files(inner, $"{prefix}{inner.Name}/"))
                    yield return below;
            }
        }
    }
}
