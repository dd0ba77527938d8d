using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Packages;

/// <summary>Reads <c>plugin.json</c> as it occurs in the wild (plugins-api.md §1.2).</summary>
internal static class ManifestReader
{
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Types = ["string", "choice", "json", "attachment"];

    /// <summary>Reads it.</summary>
    /// <exception cref="PackageException">It is no JSON object.</exception>
    public static PluginManifest Read(byte[] text)
    {
        JsonObject root;
        try
        {
            root = JsonNode.Parse(text, documentOptions: Json) as JsonObject ?? throw new PackageException("plugin.json is no JSON object");
        }
        catch (JsonException e)
        {
            throw new PackageException($"plugin.json is not valid JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}", e);
        }

        List<string> warnings = [];
        return new PluginManifest
        {
            Name = Text(root["name"]),
            Version = Text(root["version"]),
            Main = Text(root["main"]),
            Config = ReadConfig(root["config"], warnings),
            Routes = root["routes"]?.DeepClone(),
            Egress = root["egress"] is JsonArray hosts ? [.. hosts.Select(Text).OfType<string>().Select(host => host.ToLowerInvariant())] : [],
            PublicJobs = root["publicJobs"] is JsonObject jobs ? [.. jobs.Select(job => job.Key)] : [],
            Warnings = warnings,
        };
    }

    /// <summary>A value as text: a string itself, a number or truth value as it is written, anything else null.</summary>
    internal static string? Text(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => node.ToJsonString(),
        _ => null,
    };

    private static List<ConfigField> ReadConfig(JsonNode? config, List<string> warnings)
    {
        // A list of entries, or an object from key to entry.
        var entries = config switch
        {
            JsonArray list => list.OfType<JsonObject>().Select(entry => (Key: Text(entry["key"]), Entry: entry)),
            JsonObject map => map.Where(pair => pair.Value is JsonObject).Select(pair => (Key: (string?)pair.Key, Entry: (JsonObject)pair.Value!)), // An object by the filter.
            _ => [],
        };
        // An entry without a key is text for the form only.
        return [.. entries.Where(pair => pair.Key is { Length: > 0 })
            .Select((pair, position) => (pair.Key, pair.Entry, Order: Order(pair.Entry) ?? position))
            .OrderBy(pair => pair.Order)
            .Select(pair => ReadField(pair.Key!, pair.Entry, warnings))]; // Filtered above.
    }

    private static double? Order(JsonObject entry) =>
        double.TryParse(Text(entry["order"]), NumberStyles.Float, CultureInfo.InvariantCulture, out var order) ? order : null;

    private static ConfigField ReadField(string key, JsonObject entry, List<string> warnings)
    {
        var type = Text(entry["type"]) ?? "string";
        if (!Types.Contains(type, StringComparer.Ordinal))
        {
            warnings.Add($"the type '{type}' of '{key}' is unknown and taken as string");
            type = "string";
        }

        return new ConfigField
        {
            Key = key,
            Type = type,
            Default = entry["default"]?.DeepClone(),
            Required = IsTrue(entry["required"]),
            RequiredIf = ReadConditions(entry["required_if"]),
            Secret = IsTrue(entry["secret"]),
            Choices = entry["choices"] is JsonArray choices ? [.. choices.Select(Text).OfType<string>()] : [],
        };
    }

    private static bool IsTrue(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static List<IReadOnlyList<KeyValuePair<string, string?>>> ReadConditions(JsonNode? node)
    {
        List<IReadOnlyList<KeyValuePair<string, string?>>> groups = [];
        foreach (var group in (node as JsonArray ?? []).OfType<JsonArray>())
        {
            var pairs = group.OfType<JsonArray>()
                .Where(pair => pair.Count > 0 && Text(pair[0]) is not null)
                .Select(pair => KeyValuePair.Create(Text(pair[0])!, pair.Count > 1 && Text(pair[1]) is { Length: > 0 } value ? value : null)); // Filtered.
            groups.Add([.. pairs]);
        }

        return groups;
    }
}
