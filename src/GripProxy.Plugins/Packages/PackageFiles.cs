using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Plugins.Packages;

/// <summary>The files of a package by path, with forward slashes and without a leading one (plugins-api.md §1.1). Immutable.</summary>
internal sealed class PackageFiles
{
    private static readonly string[] SourceEndings = [".js", ".ts", ".mjs", ".cjs", ".json"];

    private readonly SortedDictionary<string, byte[]> _files;

    private PackageFiles(SortedDictionary<string, byte[]> files)
    {
        _files = files;
        Hash = ComputeHash(files);
    }

    /// <summary>Content hash in lower-case hex (plugins-api.md §1.3). Equal files are the same package.</summary>
    public string Hash { get; }

    /// <summary>All paths, in the order of their bytes.</summary>
    public IReadOnlyCollection<string> Paths => _files.Keys;

    /// <summary>Text of what the compiler may read.</summary>
    public IReadOnlyDictionary<string, string> Sources => _files
        .Where(file => SourceEndings.Any(ending => file.Key.EndsWith(ending, StringComparison.Ordinal)))
        .ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(file.Value), StringComparer.Ordinal);

    /// <summary>Takes files after a look at their names and sizes.</summary>
    /// <exception cref="PackageException">A path leads out of the package, two differ only by case, or it is too much.</exception>
    public static PackageFiles Create(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        SortedDictionary<string, byte[]> kept = new(StringComparer.Ordinal);
        HashSet<string> folded = new(StringComparer.OrdinalIgnoreCase);
        long bytes = 0;
        foreach (var (path, content) in files)
        {
            CheckPath(path);
            if (!folded.Add(path))
                throw new PackageException($"the name {path} occurs twice, letter case aside");
            bytes += content.Length;
            if (folded.Count > PackageLimits.Files || bytes > PackageLimits.UnpackedBytes)
                throw new PackageException($"a package may have {PackageLimits.Files} files and {PackageLimits.UnpackedBytes >> 20} MiB");
            kept[path] = content;
        }

        return new PackageFiles(kept);
    }

    /// <summary>A package of one source text.</summary>
    public static PackageFiles FromSource(string source) => Create([new("index.js", Encoding.UTF8.GetBytes(source))]);

    /// <summary>The bytes of a file, or null if there is none.</summary>
    public byte[]? Find(string path) => _files.GetValueOrDefault(path);

    private static void CheckPath(string path)
    {
        var parts = path.Split('/');
        if (path.Length == 0 || path.Contains('\\', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal)
            || parts.Any(part => part is "" or "." or ".."))
            throw new PackageException($"the name '{path}' leads out of the package");
    }

    private static string ComputeHash(SortedDictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[16];
        foreach (var (path, content) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData([0]);
            Utf8Formatter.TryFormat(content.Length, number, out var digits);
            hash.AppendData(number[..digits]);
            hash.AppendData([0]);
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
