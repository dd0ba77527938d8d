using System.CommandLine;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Workbench;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin test</c>: events through a plugin, on this machine and without a server (PLG-22). Stateless.</summary>
internal static class TestCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var folder = new Argument<string>("dir") { Description = "Folder or archive of the plugin." };
        var events = File("--events", "Events, one JSON object a line, as a client sends them; {\"task\": \"runEveryMinute\"} and {\"job\": \"name\", \"payload\": …} call such functions (default: test/events.ndjson in the folder).");
        var config = File("--config", "Configuration, a JSON object (default: test/config.json in the folder, else the defaults of plugin.json).");
        var expect = File("--expect", "What is expected, one JSON object for each event with any of output, dropped, error, published, captured, http, logs; only what it names is compared (default: test/expect.ndjson in the folder).");
        var mocks = File("--mocks", "Answers to what the plugin asks of the network, a JSON list of objects with method, url, status, headers, body; nothing else is reached (default: test/mocks.json in the folder).");
        var attachments = new Option<string[]>("--attachment") { Description = "A file of the configuration. Several are allowed.", HelpName = "KEY=file" };
        var command = new Command("test", "Send events through a plugin in a process of its own, with empty stores and without publishing; show what comes of them. Fails if that is not what is expected.")
        {
            folder, events, config, expect, mocks, attachments,
        };
        return WorkbenchOutput.AddWithRuntime(command, context, (result, output, runtime) =>
        {
            var test = new WorkbenchTest
            {
                Plugin = result.GetRequiredValue(folder),
                Events = result.GetValue(events),
                Config = result.GetValue(config),
                Expect = result.GetValue(expect),
                Mocks = result.GetValue(mocks),
                Attachments = (result.GetValue(attachments) ?? []).Select(static pair => pair.Split('=', 2))
                    .DistinctBy(static pair => pair[0]).ToDictionary(static pair => pair[0], static pair => pair[^1], StringComparer.Ordinal),
            };
            return output.PrintAsync(runtime, workbench => workbench.TestAsync(test), Lines);
        });
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "file" };

    private static IEnumerable<string> Lines(JsonObject json)
    {
        foreach (var line in Happened(json["setup"], "setup: "))
            yield return line;
        var results = json["results"]?.AsArray() ?? [];
        foreach (var (result, index) in results.Select(static (result, index) => (result, index)))
        {
            yield return $"{(string?)result?["kind"] ?? "event"} {index + 1} {result?["event"]}: {Fate(result)}, {result?["ms"]} ms";
            foreach (var line in Happened(result, "  "))
                yield return line;
        }

        var kinds = results.ToLookup(static one => (string?)one?["kind"] is "task" or "job");
        var (events, calls) = (kinds[false].ToList(), kinds[true].ToList());
        if (events.Count > 0 || calls.Count == 0)
        {
            yield return $"{events.Count} events: {events.Count(static one => one?["output"] is not null)} came through, "
                + $"{events.Count(static one => (bool?)one?["dropped"] == true)} dropped, {events.Count(HasError)} with errors";
        }

        if (calls.Count > 0)
            yield return $"{calls.Count} tasks and jobs: {calls.Count(static one => !HasError(one))} done, {calls.Count(HasError)} with errors";
    }

    private static bool HasError(JsonNode? result) => result?["error"] is not null;

    private static string Fate(JsonNode? result) => result switch
    {
        { } dropped when (bool?)dropped["dropped"] == true => "dropped",
        { } passed when passed["output"] is not null => "came through",
        { } call when call["error"] is null => "done",
        _ => "did not come through",
    };

    private static IEnumerable<string> Happened(JsonNode? record, string indent)
    {
        if (record?["error"] is JsonObject error)
            yield return $"{indent}error: {Describe(error).ReplaceLineEndings("\n" + indent)}";
        if (record?["output"] is { } output)
            yield return $"{indent}output: {output.ToJsonString(WorkbenchOutput.Readable)}";
        foreach (var item in record?["published"]?.AsArray() ?? [])
            yield return $"{indent}published: {item?["channel"]} ({string.Join(", ", (item?["formats"] as JsonObject ?? []).Select(static format => format.Key))})";
        foreach (var captured in record?["captured"]?.AsArray() ?? [])
            yield return $"{indent}captured: {captured?.ToJsonString(WorkbenchOutput.Readable)}";
        foreach (var http in record?["http"]?.AsArray() ?? [])
            yield return $"{indent}http: {http?["method"]} {http?["url"]} {http?["status"] ?? http?["error"]}";
        foreach (var line in record?["logs"]?.AsArray() ?? [])
            yield return $"{indent}{line?["level"]}: {line?["text"]}";
    }

    private static string Describe(JsonObject error) => (string?)error["stack"] is { Length: > 0 } stack ? stack : $"{error["name"]}: {error["message"]}";
}
