using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Plugins.Egress;

/// <summary>Reads the file that <c>egress_rewrite</c> names: a list of <c>{"from": …, "to": …}</c>. Stateless.</summary>
internal static class EgressRewriteFile
{
    /// <summary>The rewrites, none where no file is named; problems are gathered in <paramref name="settings"/>.</summary>
    public static IReadOnlyList<EgressRewrite> Read(Settings settings)
    {
        var file = new ListFile(settings, "egress_rewrite");
        return file.Read("""[{"from": "https://api.example.com", "to": "http://127.0.0.1:9000"}]""", (node, place) => Read(file, node, place));
    }

    private static EgressRewrite? Read(ListFile file, JsonNode? node, string place)
    {
        if (node is JsonObject pair && Address(pair["from"]) is { } from && Address(pair["to"]) is { } to)
            return new EgressRewrite(from, to);
        file.Report($"{place} must have \"from\" and \"to\", each an address that begins with http:// or https://");
        return null;
    }

    // The canonical form, in which addresses of requests are compared.
    private static string? Address(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String
        && Uri.TryCreate(value.GetValue<string>(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url.AbsoluteUri.TrimEnd('/')
            : null;
}
