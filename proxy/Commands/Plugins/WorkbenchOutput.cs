using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Workbench;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary>How commands that work on a plugin here print what came of it: for people or as JSON, problems to standard error. Owned by one command.</summary>
internal sealed class WorkbenchOutput(ProcessContext context, bool isJson)
{
    /// <summary>JSON for terminals and programs, never inside a page.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A command that has <c>--json</c> and does this.</summary>
    public static Command Add(Command command, ProcessContext context, Func<ParseResult, WorkbenchOutput, CancellationToken, Task<int>> run)
    {
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        command.Add(json);
        command.SetAction((result, cancellationToken) => run(result, new WorkbenchOutput(context, result.GetValue(json)), cancellationToken));
        return command;
    }

    /// <summary>A command that runs JavaScript besides; it is told what <c>--runtime</c> says, or nothing.</summary>
    /// <remarks>Nothing of the plugin part stands in the signature: a proxy without plugins knows this command and must not load them for it.</remarks>
    public static Command AddWithRuntime(Command command, ProcessContext context, Func<ParseResult, WorkbenchOutput, string, Task<int>> run)
    {
        var runtime = new Option<string?>("--runtime") { Description = "The Deno program (default: it is looked for beside gripproxy and on the PATH).", HelpName = "file" };
        command.Add(runtime);
        return Add(command, context, (result, output, _) => run(result, output, result.GetValue(runtime) ?? ""));
    }

    /// <summary>Does something with a runtime and prints what came of it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> PrintAsync(string runtime, Func<PluginWorkbench, Task<WorkbenchResult>> work, Func<JsonObject, IEnumerable<string>> lines)
    {
        using var workbench = PluginWorkbench.Open(runtime, AppContext.BaseDirectory, context.Environment.GetValueOrDefault("PATH", ""), context.Time, out var error);
        return await PrintAsync(workbench is null ? WorkbenchResult.Failed(error) : await work(workbench), lines);
    }

    /// <summary>Prints a result.</summary>
    /// <returns>The exit code: failure if anything is wrong.</returns>
    public async Task<int> PrintAsync(WorkbenchResult result, Func<JsonObject, IEnumerable<string>> lines)
    {
        if (isJson)
        {
            var json = result.Json ?? [];
            json["problems"] = new JsonArray([.. result.Problems.Select(static problem => (JsonNode)problem)]);
            await context.Output.WriteLineAsync(json.ToJsonString(Readable));
        }
        else
        {
            foreach (var line in result.Json is null ? [] : lines(result.Json))
                await context.Output.WriteLineAsync(Shown(line));
            foreach (var problem in result.Problems)
                await context.Error.WriteLineAsync("error: " + Shown(problem));
        }

        return result.Problems.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    // Texts come from plugins and their events; a terminal obeys control characters.
    private static string Shown(string line) => string.Concat(line.Select(static c => char.IsControl(c) && c != '\n' ? '\uFFFD' : c));
}
