using System.CommandLine;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin check</c>: does it compile, and what does it offer. Stateless.</summary>
internal static class CheckPluginCommand
{
    private static readonly AdminTable Fields = new(
        ("CONFIG", static field => AdminTable.Text(field, "key")),
        ("TYPE", static field => AdminTable.Text(field, "type")),
        ("REQUIRED", static field => AdminTable.Text(field, "required")),
        ("SECRET", static field => AdminTable.Text(field, "secret")),
        ("DEFAULT", static field => AdminTable.Text(field, "default")));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var folder = new Argument<string>("dir") { Description = "Folder or archive of the plugin." };
        var command = new Command("check", "Read, compile and load a plugin without calling anything of it: its configuration form, its imports, what it exports.") { folder };
        return WorkbenchOutput.AddWithRuntime(command, context, (result, output, runtime) =>
            output.PrintAsync(runtime, workbench => workbench.CheckAsync(result.GetRequiredValue(folder)), Lines));
    }

    private static IEnumerable<string> Lines(JsonObject json)
    {
        yield return $"{json["name"]} {json["version"]}, main file {json["main"]}, hash {json["hash"]}";
        if ((string?)json["site"] is { } site)
            yield return $"for web pages: {site}";
        foreach (var warning in json["warnings"]?.AsArray() ?? [])
            yield return $"warning: {warning}";
        foreach (var (name, found) in (json["capabilities"] as JsonObject ?? []).Where(static pair => pair.Value is JsonArray { Count: > 0 }))
            yield return $"{name}: {string.Join(", ", found!.AsArray())}"; // Filtered.
        if (json["config_schema"] is JsonArray { Count: > 0 } fields)
        {
            foreach (var line in Fields.Lines(fields))
                yield return line;
        }
    }
}
