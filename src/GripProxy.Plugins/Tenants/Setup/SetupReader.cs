using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Routing;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>
/// Reads the file that describes tenants and their plugins (plugins-http.md §5), and the packages and secrets it names. Paths are relative to its folder.
/// All problems are gathered. Used once.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="environment">Value of an environment variable, or null.</param>
/// <param name="numbers">Gives numbers.</param>
internal sealed class SetupReader(string path, Func<string, string?> environment, NumberBook numbers)
{
    private const string DefaultTenant = "default";

    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly List<string> _problems = [];
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";

    /// <summary>Reads it.</summary>
    public SetupResult Read()
    {
        List<Tenant> tenants = [];
        if (Parse() is { } root)
        {
            var node = new SetupNode(root, Path.GetFileName(path), _problems);
            node.Allow("tenants");
            tenants.AddRange(node.Objects("tenants").Select(ReadTenant).OfType<Tenant>());
            foreach (var twice in tenants.GroupBy(tenant => tenant.Name, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
                node.Report("tenants", $"names {twice.Key} twice");
            foreach (var shared in tenants.SelectMany(tenant => tenant.KeyHashes.Concat(tenant.DisabledKeyHashes)).GroupBy(hash => hash, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
                node.Report("tenants", $"has one key {shared.Count()} times; a key belongs to one tenant");
        }

        return new SetupResult(tenants, _problems);
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

    private Tenant? ReadTenant(SetupNode node)
    {
        node.Allow("name", "channel_prefix", "enabled", "quota", "keys", "routes", "sse_channels", "plugins");
        if (node.Text("name") is not { Length: > 0 } name)
        {
            node.Report("name", "is missing");
            return null;
        }

        var routes = node.Find("routes") is { } list ? new RouteReader(_problems).ReadAll(list, $"{node.Place}.routes") : [ChannelRoute.Default];
        List<Install> installs = [.. node.Objects("plugins").Select(plugin => ReadInstall(plugin, name)).OfType<Install>()];
        foreach (var twice in installs.GroupBy(install => install.Name, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
            node.Report("plugins", $"has the name {twice.Key} twice; give one another \"name\"");
        List<(string Hash, bool Enabled)> keys = [.. node.Objects("keys").Select(ReadKey).OfType<(string, bool)>()];
        return new Tenant
        {
            Name = name,
            Enabled = node.Bool("enabled", true),
            EventsPerSecond = ReadQuota(node),
            Number = numbers.NumberOf("tenants", name),
            ChannelPrefix = node.Text("channel_prefix") ?? (name == DefaultTenant ? "" : $"{name}."),
            KeyHashes = [.. keys.Where(key => key.Enabled).Select(key => key.Hash)],
            DisabledKeyHashes = [.. keys.Where(key => !key.Enabled).Select(key => key.Hash)],
            Routes = routes,
            SseChannels = node.Texts("sse_channels"),
            Installs = installs,
        };
    }

    private int? ReadQuota(SetupNode tenant)
    {
        if (tenant.Find("quota") is null)
            return null;
        if (tenant.Find("quota") is not JsonObject json)
        {
            tenant.Report("quota", "must be an object, as {\"events_per_s\": 100}");
            return null;
        }

        var node = new SetupNode(json, $"{tenant.Place}.quota", _problems);
        node.Allow("events_per_s");
        if (node.Find("events_per_s") is null)
            return null;
        var events = node.Int("events_per_s", 1);
        if (events < 1)
            node.Report("events_per_s", "must be 1 or more; without it there is no limit");
        return Math.Max(events, 1);
    }

    private (string Hash, bool Enabled)? ReadKey(SetupNode node)
    {
        node.Allow("kind", "value", "value_env", "enabled");
        if (node.Text("kind") is not "ingest")
            node.Report("kind", "must be ingest: a key that lets events in");
        if ((node.Text("value") ?? FromEnvironment(node, "value_env", node.Text("value_env"))) is not { Length: >= 8 and <= 100 } value)
        {
            node.Report("value", "must have 8 to 100 characters");
            return null;
        }

        return (KeyHash.Of(value), node.Bool("enabled", true));
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

    private Install? ReadInstall(SetupNode node, string tenant)
    {
        node.Allow("path", "name", "order", "enabled", "config", "attachments", "routes", "events_to_ignore", "skip_own_captures");
        if (ReadPackage(node) is not { } package)
            return null;
        var name = node.Text("name") ?? package.Name;
        var enabled = node.Bool("enabled", false);
        var attachments = ReadAttachments(node);
        var config = ConfigValues.Complete(package.Manifest.Config, ReadConfig(node));
        // A plugin that does not run may be half configured.
        if (enabled)
        {
            foreach (var (key, problem) in ConfigValues.Check(package.Manifest.Config, config, attachments))
                node.Report($"config.{key}", problem);
        }

        return new Install
        {
            Number = numbers.NumberOf($"installs of {tenant}", name),
            Name = name,
            Package = package,
            Order = node.Int("order", 0),
            Enabled = enabled,
            Config = config,
            Attachments = attachments,
            EventsToIgnore = node.Texts("events_to_ignore"),
            SkipOwnCaptures = node.Bool("skip_own_captures", false),
            Routes = node.Find("routes") is { } routes ? new RouteReader(_problems).ReadAll(routes, $"{node.Place}.routes") : [],
        };
    }

    private PluginPackage? ReadPackage(SetupNode node)
    {
        if (node.Text("path") is not { Length: > 0 } named)
        {
            node.Report("path", "is missing: the folder or archive of the plugin");
            return null;
        }

        try
        {
            return PluginPackage.Read(PackageFolder.Read(Path.Combine(_folder, named)));
        }
        catch (PackageException e)
        {
            node.Report("path", $"{named}: {e.Message}");
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
