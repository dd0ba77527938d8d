using System.CommandLine;
using GripProxy.Plugins.Workbench;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin pack</c>: a plugin as an archive. Stateless.</summary>
internal static class PackCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var folder = new Argument<string>("dir") { Description = "Folder of the plugin, with plugin.json." };
        var archive = new Option<string?>("--output", "-o") { Description = "The archive (default: NAME-VERSION.zip in the current folder).", HelpName = "file" };
        var command = new Command("pack", "Write a plugin into a zip archive: all files of its folder but .git. Equal files give equal archives.") { folder, archive };
        return WorkbenchOutput.Add(command, context, (result, output, _) => output.PrintAsync(
            PluginWorkbench.Pack(result.GetRequiredValue(folder), result.GetValue(archive)),
            static json => [$"wrote {json["archive"]}: {json["files"]} files, {json["bytes"]} bytes", $"hash {json["hash"]}"]));
    }
}
