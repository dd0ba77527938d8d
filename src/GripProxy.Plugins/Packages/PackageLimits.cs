namespace GripProxy.Plugins.Packages;

/// <summary>How large a package may be (plugins-api.md §1.1).</summary>
internal static class PackageLimits
{
    /// <summary>Bytes of an archive.</summary>
    public const int ArchiveBytes = 10 * 1024 * 1024;

    /// <summary>Bytes of all files.</summary>
    public const int UnpackedBytes = 50 * 1024 * 1024;

    /// <summary>Number of files.</summary>
    public const int Files = 2000;
}
