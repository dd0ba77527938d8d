using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Protocol.Configuration;
using GripProxy.Security;

namespace GripProxy.Plugins.Targets;

/// <summary>Reads the file that <c>grip_targets</c> names: a list of <c>{"control_uri": …, "control_iss": …, "key": …}</c>. Stateless.</summary>
internal static class GripTargetsFile
{
    /// <summary>The targets, none where no file is named; problems are gathered in <paramref name="settings"/>.</summary>
    public static IReadOnlyList<GripTarget> Read(Settings settings)
    {
        var file = new ListFile(settings, "grip_targets");
        return file.Read("""[{"control_uri": "http://10.0.0.5:5561", "control_iss": "plugins", "key": "base64:…"}]""", (node, place) => Read(file, node, place));
    }

    private static GripTarget? Read(ListFile file, JsonNode? node, string place)
    {
        if (node is not JsonObject target || Text(target["control_uri"]) is not { } address || !Uri.TryCreate(address.TrimEnd('/'), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
        {
            file.Report($"{place}.control_uri must be an address that begins with http:// or https://");
            return null;
        }

        GripKey? key = null;
        if (Text(target["key"]) is { } text && !GripKey.TryRead(text, Path.GetDirectoryName(file.FullPath) ?? ".", out key, out var error))
        {
            file.Report($"{place}.key: {error}");
            return null;
        }

        var issuer = Text(target["control_iss"]) ?? "";
        if (key is not null && (issuer.Length == 0 || !key.CanSign))
        {
            file.Report($"{place} has a key: it must be able to sign, and \"control_iss\" says for whom");
            return null;
        }

        return new GripTarget(uri, issuer, key);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
