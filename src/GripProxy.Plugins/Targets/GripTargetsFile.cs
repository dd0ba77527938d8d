using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Protocol.Configuration;
using GripProxy.Security;

namespace GripProxy.Plugins.Targets;

/// <summary>Reads the file that <c>grip_targets</c> names: a list of <c>{"control_uri": …, "control_iss": …, "key": …}</c>. Stateless.</summary>
internal static class GripTargetsFile
{
    private const string Key = "grip_targets";

    /// <summary>The targets, none where no file is named; problems are gathered in <paramref name="settings"/>.</summary>
    public static IReadOnlyList<GripTarget> Read(Settings settings)
    {
        var named = settings.Text("plugins", Key).Trim();
        if (named.Length == 0)
            return [];
        var path = Path.GetFullPath(Path.Combine(settings.DirectoryOf("plugins", Key), named));
        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(path)) is JsonArray list)
                return [.. list.Select((one, index) => Read(settings, path, one, index)).OfType<GripTarget>()];
            Report(settings, $"{path} must be a list such as [{{\"control_uri\": \"http://10.0.0.5:5561\", \"control_iss\": \"plugins\", \"key\": \"base64:…\"}}]");
        }
        catch (JsonException e)
        {
            Report(settings, $"{path}:{e.LineNumber + 1}: is not valid JSON (column {e.BytePositionInLine + 1})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(settings, $"names a file that cannot be read: {e.Message}");
        }

        return [];
    }

    private static GripTarget? Read(Settings settings, string path, JsonNode? node, int index)
    {
        if (node is not JsonObject target || Text(target["control_uri"]) is not { } address || !Uri.TryCreate(address.TrimEnd('/'), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
        {
            Report(settings, $"{path}[{index}].control_uri must be an address that begins with http:// or https://");
            return null;
        }

        GripKey? key = null;
        if (Text(target["key"]) is { } text && !GripKey.TryRead(text, Path.GetDirectoryName(path) ?? ".", out key, out var error))
        {
            Report(settings, $"{path}[{index}].key: {error}");
            return null;
        }

        var issuer = Text(target["control_iss"]) ?? "";
        if (key is not null && (issuer.Length == 0 || !key.CanSign))
        {
            Report(settings, $"{path}[{index}] has a key: it must be able to sign, and \"control_iss\" says for whom");
            return null;
        }

        return new GripTarget(uri, issuer, key);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static void Report(Settings settings, string text) => settings.Report(ConfigSeverity.Error, "plugins", Key, $"[plugins] {Key}: {text}");
}
