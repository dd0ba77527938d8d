using System.IO.Compression;

namespace GripProxy.Plugins.Packages;

/// <summary>Writes packages as archives. Stateless.</summary>
internal static class PackageWriter
{
    // The earliest that a zip can say: equal files give equal archives.
    private static readonly DateTimeOffset Always = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The files as a zip.</summary>
    public static byte[] Zip(PackageFiles files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var path in files.Paths)
            {
                var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
                entry.LastWriteTime = Always;
                using var content = entry.Open();
                content.Write(files.Find(path)); // It is one of its paths.
            }
        }

        return buffer.ToArray();
    }
}
