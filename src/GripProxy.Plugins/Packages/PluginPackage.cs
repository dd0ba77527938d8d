using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Packages;

/// <summary>A plugin as it was written: an immutable version by its content (plugins-api.md §1). Immutable.</summary>
internal sealed class PluginPackage
{
    private static readonly string[] SiteFiles = ["site.js", "site.ts"];

    private static readonly string[] MainFiles = ["index.js", "index.ts", "src/index.js", "src/index.ts", "dist/index.js"];

    private PluginPackage(PackageFiles files, PluginManifest manifest, string main, string? otherName, string? otherVersion)
    {
        Files = files;
        Manifest = manifest;
        Main = main;
        Name = manifest.Name ?? otherName ?? "plugin";
        Version = manifest.Version ?? otherVersion ?? files.Hash[..12];
    }

    /// <summary>Stands for a package that cannot be read: it does nothing.</summary>
    public static PluginPackage None { get; } = Read(PackageFiles.FromSource(""), inline: true);

    /// <summary>Its files.</summary>
    public PackageFiles Files { get; }

    /// <summary>What it says of itself.</summary>
    public PluginManifest Manifest { get; }

    /// <summary>Path of the main file.</summary>
    public string Main { get; }

    /// <summary>Path of its part for web pages, or null.</summary>
    public string? Site => SiteFiles.FirstOrDefault(path => Files.Find(path) is not null);

    /// <summary>Name shown to people.</summary>
    public string Name { get; }

    /// <summary>Its version, else the beginning of its content hash.</summary>
    public string Version { get; }

    /// <summary>Reads a package.</summary>
    /// <param name="files">Its files.</param>
    /// <param name="inline">True for one source text, which needs no <c>plugin.json</c>.</param>
    /// <exception cref="PackageException">Something that it needs is missing or wrong.</exception>
    public static PluginPackage Read(PackageFiles files, bool inline = false)
    {
        var description = files.Find("plugin.json");
        if (description is null && !inline)
            throw new PackageException("there is no plugin.json");
        var manifest = description is null ? new PluginManifest() : ManifestReader.Read(description);
        var (name, version) = ReadPackageJson(files);
        return new PluginPackage(files, manifest, FindMain(files, manifest.Main), name, version);
    }

    /// <summary>A package that was kept as <see cref="PackageFiles.Write"/> gave it.</summary>
    /// <param name="hash">Its content hash.</param>
    /// <param name="kept">The bytes.</param>
    /// <exception cref="PackageException">They are damaged.</exception>
    public static PluginPackage Restore(string hash, ReadOnlySpan<byte> kept)
    {
        var files = PackageFiles.Read(kept);
        return files.Hash == hash ? Read(files, inline: files.Find("plugin.json") is null) : throw PackageFiles.Damaged();
    }

    private static string FindMain(PackageFiles files, string? named)
    {
        if (named is not null)
        {
            var path = named.StartsWith("./", StringComparison.Ordinal) ? named[2..] : named;
            return files.Find(path) is not null ? path : throw new PackageException($"the main file {named} of plugin.json is missing");
        }

        return MainFiles.FirstOrDefault(path => files.Find(path) is not null)
            ?? throw new PackageException($"there is no main file: tried {string.Join(", ", MainFiles)}");
    }

    private static (string? Name, string? Version) ReadPackageJson(PackageFiles files)
    {
        try
        {
            return files.Find("package.json") is { } text && JsonNode.Parse(text) is JsonObject description
                ? (ManifestReader.Text(description["name"]), ManifestReader.Text(description["version"]))
                : default;
        }
        catch (JsonException)
        {
            // It is only for display; npm itself would say so.
            return default;
        }
    }
}
