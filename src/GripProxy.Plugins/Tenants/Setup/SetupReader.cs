using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>
/// Reads the file that describes tenants and their plugins (plugins-http.md §5), and the packages and secrets it names. Paths are relative to its folder.
/// All problems are gathered. Used once.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="environment">Value of an environment variable, or null.</param>
/// <param name="packages">Finds packages that do not lie on this machine.</param>
internal sealed class SetupReader(string path, Func<string, string?> environment, ISetupPackages packages)
{
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Sources = ["path", "url", "hash"];

    private readonly List<string> _problems = [];
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";

    /// <summary>Reads it.</summary>
    public async Task<SetupFile> ReadAsync()
    {
        List<SetupTenant> tenants = [];
        var prune = true;
        if (Parse() is { } root)
        {
            var node = new SetupNode(root, Path.GetFileName(path), _problems);
            node.Allow("tenants", "prune");
            prune = node.Bool("prune", true);
            foreach (var tenant in node.Objects("tenants"))
            {
                if (await ReadTenantAsync(tenant) is { } read)
                    tenants.Add(read);
            }

            foreach (var twice in tenants.GroupBy(tenant => tenant.Name, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
                node.Report("tenants", $"names {twice.Key} twice");
            foreach (var shared in tenants.SelectMany(tenant => tenant.Keys).GroupBy(key => key.Hash, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
                node.Report("tenants", $"has one key {shared.Count()} times; a key belongs to one tenant");
        }

        return new SetupFile { Tenants = tenants, Prune = prune, Problems = _problems };
    }

    private JsonObject? Parse()
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(path), documentOptions: Json) is JsonObject root)
                return root;
            _problems.Add($"{path} must be an object with a list \"tenants\"");
        }
        catch (JsonException e)
        {
            _problems.Add($"{path}:{e.LineNumber + 1}: is not valid JSON (column {e.BytePositionInLine + 1})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{path} cannot be read: {e.Message}");
        }

        return null;
    }

    private async Task<SetupTenant?> ReadTenantAsync(SetupNode node)
    {
        node.Allow(["name", "keys", "plugins", .. TenantReader.Members]);
        if (node.Text("name") is not { Length: > 0 } name)
        {
            node.Report("name", "is missing");
            return null;
        }

        // What is written is kept as it is; that it can be read is found out here.
        new TenantReader(_problems).Read(node, new Tenant { Name = name, Number = 0, ChannelPrefix = "" });
        List<SetupInstall> installs = [];
        foreach (var plugin in node.Objects("plugins"))
        {
            if (await ReadInstallAsync(plugin) is { } install)
                installs.Add(install);
        }

        foreach (var twice in installs.GroupBy(install => install.Name, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
            node.Report("plugins", $"has the name {twice.Key} twice; give one another \"name\"");
        return new SetupTenant(name, node.Only(TenantReader.Members), [.. node.Objects("keys").Select(ReadKey).OfType<SetupKey>()], installs);
    }

    private SetupKey? ReadKey(SetupNode node)
    {
        node.Allow("kind", "name", "value", "value_env", "enabled");
        KeyKind? kind = node.Text("kind") switch
        {
            "ingest" => KeyKind.Ingest,
            "tenant" => KeyKind.Tenant,
            _ => null,
        };
        if (kind is null)
            node.Report("kind", "must be ingest, a key that lets events in, or tenant, a token that manages the tenant");
        var least = kind == KeyKind.Tenant ? 20 : 8;
        if ((node.Text("value") ?? FromEnvironment(node, "value_env", node.Text("value_env"))) is not { Length: <= 100 } value || value.Length < least)
        {
            node.Report("value", $"must have {least} to 100 characters");
            return null;
        }

        return kind is { } known ? new SetupKey(known, node.Text("name") ?? "", KeyHash.Of(value), node.Bool("enabled", true)) : null;
    }

    private string? FromEnvironment(SetupNode node, string member, string? variable)
    {
        if (variable is null)
            return null;
        if (environment(variable) is { } value)
            return value;
        node.Report(member, $"names the environment variable {variable}, which is not set");
        return null;
    }

    private async Task<SetupInstall?> ReadInstallAsync(SetupNode node)
    {
        node.Allow(["path", "url", "sha256", "hash", "name", "order", "enabled", "config", "attachments", .. InstallReader.Members]);
        if (await ReadPackageAsync(node) is not { } package)
            return null;
        var install = new SetupInstall
        {
            Name = node.Text("name") ?? package.Name,
            Package = package,
            Archive = node.Text("url") is null ? null : node.Text("sha256"),
            Order = node.Int("order", 0),
            Enabled = node.Find("enabled") is null ? null : node.Bool("enabled", false),
            Config = ReadConfig(node),
            Attachments = ReadAttachments(node),
            Settings = node.Only(InstallReader.Members),
        };
        new InstallReader(_problems).Read(node, new Install { Number = 0, Name = install.Name, Package = package });
        // A plugin that does not run may be half configured.
        if (install.Enabled == true)
        {
            foreach (var (key, problem) in ConfigValues.Check(package.Manifest.Config, ConfigValues.Complete(package.Manifest.Config, install.Config), install.Attachments))
                node.Report($"config.{key}", problem);
        }

        return install;
    }

    private async Task<PluginPackage?> ReadPackageAsync(SetupNode node)
    {
        var named = Sources.Where(member => node.Find(member) is not null).ToList();
        if (named is not [var member] || node.Text(member) is not { Length: > 0 } text)
        {
            node.Report("path", "is missing: the folder or archive of the plugin; or one of \"url\" with \"sha256\", or \"hash\"");
            return null;
        }

        try
        {
            switch (member)
            {
                case "path":
                    return PluginPackage.Read(PackageFolder.Read(Path.Combine(_folder, text)));
                case "hash":
                    return await packages.FindAsync(text);
                default:
                    if (node.Text("sha256") is { Length: 64 } sha256)
                        return await packages.FetchAsync(text, sha256);
                    node.Report("sha256", "must be there with \"url\": 64 hexadecimal digits, the SHA-256 of the archive");
                    return null;
            }
        }
        catch (PackageException e)
        {
            node.Report(member, $"{text}: {e.Message}");
            return null;
        }
    }

    // A value, or an object that says where to find it: {"env": "NAME"} or {"file": "path"}.
    private JsonObject ReadConfig(SetupNode node)
    {
        JsonObject config = [];
        foreach (var (key, value) in node.Members("config"))
        {
            config[key] = value switch
            {
                JsonObject { Count: 1 } source when source["env"] is JsonValue variable => FromEnvironment(node, $"config.{key}", variable.ToString()),
                JsonObject { Count: 1 } source when source["file"] is JsonValue file => ReadFile(node, $"config.{key}", file.ToString()) is { } bytes
                    ? System.Text.Encoding.UTF8.GetString(bytes).Trim()
                    : null,
                _ => value?.DeepClone(),
            };
        }

        return config;
    }

    private Dictionary<string, PluginAttachment> ReadAttachments(SetupNode node)
    {
        Dictionary<string, PluginAttachment> attachments = new(StringComparer.Ordinal);
        foreach (var (key, value) in node.Members("attachments"))
        {
            if (value is not JsonObject file || file["file"] is not JsonValue name)
                node.Report($"attachments.{key}", "must be an object with a \"file\"");
            else if (ReadFile(node, $"attachments.{key}", name.ToString()) is { } bytes)
                attachments[key] = new PluginAttachment(file["content_type"]?.ToString() ?? "application/octet-stream", Path.GetFileName(name.ToString()), bytes);
        }

        return attachments;
    }

    private byte[]? ReadFile(SetupNode node, string member, string file)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(_folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            node.Report(member, $"names the file {file}, which cannot be read: {e.Message}");
            return null;
        }
    }
}
