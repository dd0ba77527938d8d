using System.CommandLine;
using GripProxy.Plugins.Workbench;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin new</c>: the first files of a plugin. Stateless.</summary>
internal static class NewCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var folder = new Argument<string>("dir") { Description = "Folder to make; its name becomes the plugin's." };
        var typeScript = new Option<bool>("--ts") { Description = "Write it in TypeScript." };
        var command = new Command("new", "Begin a plugin: plugin.json, a source that runs, sample events and what is expected of them.") { folder, typeScript };
        return WorkbenchOutput.Add(command, context, (result, output, _) =>
            output.PrintAsync(PluginWorkbench.Create(result.GetRequiredValue(folder), result.GetValue(typeScript)), static json =>
            [
                .. (json["files"]?.AsArray() ?? []).Select(file => $"wrote {json["folder"]}/{file}"),
                $"Try it with: gripproxy plugin test {Quoted((string?)json["folder"] ?? "")}",
            ]));
    }

    // As a shell takes it for one word.
    private static string Quoted(string path) =>
        path.All(static c => char.IsLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '\\' or ':') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
