using System.IO.Compression;

namespace GripProxy.Plugins.Packages;

/// <summary>Reads a package from a zip or a gzipped tar (plugins-api.md §1.1). Archives come from anybody: sizes in them are not believed.</summary>
internal static class PackageArchive
{
    // Type bits of a Unix file mode, which zip keeps in the upper half of its attributes.
    private const int TypeMask = 0xF000;
    private const int Link = 0xA000;

    // More than the headers of as many files as a package may have, long names included.
    private const int TarHeaders = 4096 * PackageLimits.Files;

    /// <summary>Reads an archive.</summary>
    /// <exception cref="PackageException">It is no archive of these kinds or no package.</exception>
    public static PackageFiles Read(byte[] archive)
    {
        if (archive.Length > PackageLimits.ArchiveBytes)
            throw new PackageException($"the archive is larger than {PackageLimits.ArchiveBytes >> 20} MiB");
        try
        {
            var files = archive.AsSpan() switch
            {
                [0x50, 0x4B, ..] => ReadZip(archive),
                [0x1F, 0x8B, ..] => ReadTar(archive),
                _ => throw new PackageException("it is neither a zip nor a gzipped tar archive"),
            };
            return PackageFiles.Create(WithoutTopFolder(files));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or FormatException)
        {
            throw new PackageException($"the archive cannot be read: {e.Message}", e);
        }
    }

    private static List<KeyValuePair<string, byte[]>> ReadZip(byte[] archive)
    {
        List<KeyValuePair<string, byte[]>> files = [];
        long left = PackageLimits.UnpackedBytes;
        using var zip = new ZipArchive(new MemoryStream(archive), ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
        {
            if (((entry.ExternalAttributes >> 16) & TypeMask) == Link)
                throw new PackageException($"{entry.FullName} is a link; a package holds files only");
            if (entry.FullName.EndsWith('/'))
                continue;
            using var content = entry.Open();
            files.Add(new(entry.FullName, ReadAll(content, ref left)));
            CheckCount(files.Count);
        }

        return files;
    }

    private static List<KeyValuePair<string, byte[]>> ReadTar(byte[] archive)
    {
        List<KeyValuePair<string, byte[]>> files = [];
        using var tar = new GZipStream(new MemoryStream(archive), CompressionMode.Decompress);
        foreach (var (path, content) in TarFiles.Read(tar, PackageLimits.UnpackedBytes + TarHeaders))
        {
            files.Add(new(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path, content));
            CheckCount(files.Count);
        }

        return files;
    }

    private static byte[] ReadAll(Stream content, ref long left)
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        for (var read = content.Read(buffer); read > 0; read = content.Read(buffer))
        {
            left -= read;
            if (left < 0)
                throw new PackageException($"a package may have {PackageLimits.UnpackedBytes >> 20} MiB");
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    private static void CheckCount(int count)
    {
        if (count > PackageLimits.Files)
            throw new PackageException($"a package may have {PackageLimits.Files} files");
    }

    // Sites that host code put everything into one folder.
    private static IEnumerable<KeyValuePair<string, byte[]>> WithoutTopFolder(List<KeyValuePair<string, byte[]>> files)
    {
        if (files.Count == 0 || files[0].Key.IndexOf('/', StringComparison.Ordinal) is not (var slash and > 0))
            return files;
        var top = files[0].Key[..(slash + 1)];
        return files.TrueForAll(file => file.Key.StartsWith(top, StringComparison.Ordinal))
            ? files.Select(file => KeyValuePair.Create(file.Key[top.Length..], file.Value))
            : files;
    }
}
