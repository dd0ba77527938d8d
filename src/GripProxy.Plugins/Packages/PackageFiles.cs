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

    /// <summary>The files as they go into the hash: for each <c>path NUL length NUL bytes</c>. SHA-256 of this is <see cref="Hash"/>.</summary>
    public byte[] Write()
    {
        using var all = new MemoryStream();
        WriteTo(_files, all);
        return all.ToArray();
    }

    /// <summary>The files that <see cref="Write"/> gave.</summary>
    /// <exception cref="PackageException">They are damaged.</exception>
    public static PackageFiles Read(ReadOnlySpan<byte> written)
    {
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        while (!written.IsEmpty)
        {
            var path = Until(ref written);
            if (!Utf8Parser.TryParse(Until(ref written), out int length, out _) || length < 0 || length > written.Length)
                throw Damaged();
            files[Encoding.UTF8.GetString(path)] = written[..length].ToArray();
            written = written[length..];
        }

        return new PackageFiles(files);
    }

    private static ReadOnlySpan<byte> Until(ref ReadOnlySpan<byte> written)
    {
        var end = written.IndexOf((byte)0);
        if (end < 0)
            throw Damaged();
        var part = written[..end];
        written = written[(end + 1)..];
        return part;
    }

    /// <summary>Says that what is kept of a package is not what was kept.</summary>
    public static PackageException Damaged() => new("the stored package is damaged: bring it once more");

    private static void CheckPath(string path)
    {
        var parts = path.Split('/');
        if (path.Length == 0 || path.Contains('\\', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal)
            || parts.Any(part => part is "" or "." or ".."))
            throw new PackageException($"the name '{path}' leads out of the package");
    }

    private static string ComputeHash(SortedDictionary<string, byte[]> files)
    {
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            WriteTo(files, hashing);
        return Convert.ToHexStringLower(hash.Hash!); // All was written.
    }

    private static void WriteTo(SortedDictionary<string, byte[]> files, Stream output)
    {
        Span<byte> number = stackalloc byte[16];
        foreach (var (path, content) in files)
        {
            output.Write(Encoding.UTF8.GetBytes(path));
            output.WriteByte(0);
            Utf8Formatter.TryFormat(content.Length, number, out var digits);
            output.Write(number[..digits]);
            output.WriteByte(0);
            output.Write(content);
        }
    }
}
