using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Plugins.Egress;

/// <summary>Reads the file that <c>egress_rewrite</c> names: a list of <c>{"from": …, "to": …}</c>. Stateless.</summary>
internal static class EgressRewriteFile
{
    private const string Key = "egress_rewrite";

    /// <summary>The rewrites, none where no file is named; problems are gathered in <paramref name="settings"/>.</summary>
    public static IReadOnlyList<EgressRewrite> Read(Settings settings)
    {
        var named = settings.Text("plugins", Key).Trim();
        if (named.Length == 0)
            return [];
        var path = Path.GetFullPath(Path.Combine(settings.DirectoryOf("plugins", Key), named));
        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(path)) is JsonArray list)
                return [.. list.Select((one, index) => Read(settings, path, one, index)).OfType<EgressRewrite>()];
            Report(settings, $"{path} must be a list such as [{{\"from\": \"https://api.example.com\", \"to\": \"http://127.0.0.1:9000\"}}]");
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

    private static EgressRewrite? Read(Settings settings, string path, JsonNode? node, int index)
    {
        if (node is JsonObject pair && Address(pair["from"]) is { } from && Address(pair["to"]) is { } to)
            return new EgressRewrite(from, to);
        Report(settings, $"{path}[{index}] must have \"from\" and \"to\", each an address that begins with http:// or https://");
        return null;
    }

    // The canonical form, in which addresses of requests are compared.
    private static string? Address(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String
        && Uri.TryCreate(value.GetValue<string>(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url.AbsoluteUri.TrimEnd('/')
            : null;

    private static void Report(Settings settings, string text) => settings.Report(ConfigSeverity.Error, "plugins", Key, $"[plugins] {Key}: {text}");
}
