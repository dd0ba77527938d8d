using System.CommandLine;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin logs</c>: what a plugin logged, or logs now (plugins-http.md §4.7). Stateless.</summary>
internal static class LogsCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var tenant = new TenantOption();
        var plugin = new Argument<string>("plugin") { Description = "Name or id of the plugin." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Show what is logged from now on, until interrupted." };
        var level = new Option<string?>("--level") { Description = "Only this level and above: debug, log, info, warn, error.", HelpName = "level" };
        var text = new Option<string?>("--grep") { Description = "Only lines with this in them.", HelpName = "text" };
        var count = new Option<int>("--lines", "-n") { Description = "The last so many, at most 1000.", HelpName = "n", DefaultValueFactory = static _ => 100 };
        var command = tenant.AddTo(new Command("logs", "Show what a plugin wrote to its console, and what the proxy says about it.") { plugin, follow, level, text, count });
        return AdminOptions.Add(context, command, (result, session, cancellationToken) =>
        {
            var query = AdminQuery.Empty.With("level", result.GetValue(level)).With("q", result.GetValue(text));
            var path = tenant.Path(result, "plugins", result.GetRequiredValue(plugin), "logs");
            return result.GetValue(follow)
                ? session.FollowAsync(path + "/stream" + query, static (_, line) => Lines(line), cancellationToken)
                : session.ShowAsync(
                    path + query.With("limit", $"{result.GetValue(count)}"), static answer => (answer["items"]?.AsArray() ?? []).OfType<JsonNode>().SelectMany(Lines), cancellationToken);
        });
    }

    // A stack has several: what follows the first is indented, so that it is nobody else's.
    private static IEnumerable<string> Lines(JsonNode line)
    {
        var text = ((string?)line["text"] ?? "").ReplaceLineEndings("\n").Split('\n');
        return text.Skip(1).Select(static more => "    " + more).Prepend($"{line["time"]} {line["level"]} {((string?)line["source"] == "system" ? "(system) " : "")}{text[0]}");
    }
}
