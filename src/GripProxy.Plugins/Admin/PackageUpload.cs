using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Admin;

/// <summary>
/// Reads a package from a request (plugins-http.md §4.2): an archive as the body, or JSON with a source, a path on this server or an address. Stateless.
/// </summary>
internal sealed class PackageUpload(AdminParts parts)
{
    private static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(30);

    /// <summary>Reads it; what is no package ends the request with 422.</summary>
    public async Task<PluginPackage> ReadAsync(AdminRequest request)
    {
        var type = request.Context.Request.ContentType?.Split(';')[0].Trim() ?? "";
        if (type == "application/json")
            return await ReadJsonAsync(request, await request.ReadObjectAsync("source", "name", "plugin_json", "path", "url", "sha256"));
        if (type is "application/zip" or "application/gzip" or "application/x-gzip" or "application/octet-stream" or "")
            return FromArchive(await request.ReadBytesAsync(PackageLimits.ArchiveBytes));
        throw new AdminRefusalException(AdminProblem.Answer(
            415, "unsupported_media_type", "Unsupported media type", $"the body is {type}, expected application/zip, application/gzip or application/json"));
    }

    /// <summary>The package of an archive's bytes.</summary>
    public static PluginPackage FromArchive(byte[] archive) => Read(() => PluginPackage.Read(PackageArchive.Read(archive)));

    private async Task<PluginPackage> ReadJsonAsync(AdminRequest request, JsonObject body)
    {
        if (AdminJson.Text(body, "source") is { } source)
            return Read(() => FromSource(source, AdminJson.Text(body, "name"), AdminJson.Object(body, "plugin_json")));
        if (!request.Caller.IsOperator)
            throw new AdminRefusalException(AdminProblem.NotCovered("packages by path or url are for operators, expected 'source' or an archive"));
        if (AdminJson.Text(body, "path") is { } path)
            return FromPath(path);
        if (AdminJson.Text(body, "url") is { } url)
            return await FetchAsync(url, AdminJson.Text(body, "sha256"));
        throw new AdminRefusalException(AdminProblem.Invalid("expected one of 'source', 'path' and 'url'"));
    }

    private static PluginPackage FromSource(string source, string? name, JsonObject? description)
    {
        var manifest = description ?? (name is null ? null : new JsonObject { ["name"] = name });
        if (manifest is null)
            return PluginPackage.Read(PackageFiles.FromSource(source), inline: true);
        return PluginPackage.Read(
            PackageFiles.Create([new("index.js", Encoding.UTF8.GetBytes(source)), new("plugin.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()))]), inline: true);
    }

    private PluginPackage FromPath(string path)
    {
        if (parts.PackagesFolder.Length == 0)
            throw new AdminRefusalException(AdminProblem.Invalid("'path' needs a folder of packages: [plugins] packages_dir is not set"));
        var full = Path.GetFullPath(Path.Combine(parts.PackagesFolder, path));
        if (!full.StartsWith(Path.TrimEndingDirectorySeparator(parts.PackagesFolder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new AdminRefusalException(AdminProblem.Invalid("'path' leads out of [plugins] packages_dir"));
        return Read(() => PluginPackage.Read(PackageFolder.Read(full)));
    }

    private async Task<PluginPackage> FetchAsync(string url, string? expected)
    {
        var archive = await ArchiveFetch.GetAsync(parts.Egress, url, FetchPatience);
        if (expected is not null && !ArchiveFetch.Has(archive, expected))
            throw new AdminRefusalException(AdminProblem.Answer(422, "compile_error", "Not a package", $"what {url} gave has another SHA-256 than 'sha256'"));
        return FromArchive(archive);
    }

    private static PluginPackage Read(Func<PluginPackage> read)
    {
        try
        {
            return read();
        }
        catch (PackageException e)
        {
            throw new AdminRefusalException(AdminProblem.Answer(422, "compile_error", "Not a package", e.Message));
        }
    }
}
