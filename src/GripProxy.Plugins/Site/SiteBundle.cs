using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Site;

/// <summary>The script of a tenant's pages: what starts parts, and the parts of all its installs (PLG-36). Immutable: other parts are another script.</summary>
internal sealed class SiteBundle
{
    private const int HashCharacters = 32;

    private SiteBundle(string text)
    {
        Script = Encoding.UTF8.GetBytes(text);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Script))[..HashCharacters];
    }

    /// <summary>Names its content.</summary>
    public string Hash { get; }

    /// <summary>The script, UTF-8.</summary>
    public byte[] Script { get; }

    /// <summary>Writes a script.</summary>
    /// <param name="starter">The text that starts parts: a declaration of <c>startParts</c>.</param>
    /// <param name="home">Path of the tenant.</param>
    /// <param name="parts">The parts in their order.</param>
    public static SiteBundle Write(string starter, string home, IReadOnlyList<SitePart> parts)
    {
        var text = new StringBuilder("(() => {\n").Append(starter).Append("\nstartParts([\n");
        foreach (var part in parts)
            Append(text, part);
        return new SiteBundle(text.Append("], ").Append(Literal(home)).Append(");\n})();\n").ToString());
    }

    private static void Append(StringBuilder text, SitePart part)
    {
        using var document = CellJson.Parse(part.Code.Json);
        var root = document.RootElement;
        text.Append("{ install: ").Append(part.Install).Append(", name: ").Append(Literal(part.Name)).Append(", main: ").Append(Literal(CellJson.Text(root, "main"))).Append(", modules: {\n");
        foreach (var module in root.GetProperty("modules").EnumerateObject())
            Append(text, module);
        text.Append("} },\n");
    }

    private static void Append(StringBuilder text, JsonProperty module)
    {
        var code = CellJson.Text(module.Value, "code");
        text.Append('[').Append(Literal(module.Name)).Append("]: { files: ").Append(module.Value.GetProperty("files").GetRawText()).Append(", ");
        if (module.Name.EndsWith(".json", StringComparison.Ordinal))
        {
            text.Append("json: JSON.parse(").Append(Literal(code)).Append(") },\n");
            return;
        }

        // The inner function is the module's own scope, in which it may declare any of the names again.
        text.Append("run: (exports, require, module, __filename, __dirname, __declared, __import, __loop, config, enabled, onToggle) => (");
        text.Append(module.Value.GetProperty("waits").GetBoolean() ? "async " : "").Append("function () {\n");
        text.Append(code).Append("\n}).call(module.exports) },\n");
    }

    // What is escaped for JSON is so for JavaScript.
    private static string Literal(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
