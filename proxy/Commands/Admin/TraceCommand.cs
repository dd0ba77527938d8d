using System.CommandLine;
using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy trace</c>: the way of one message (CTL-09), or of all while they pass (CTL-10). Stateless.</summary>
internal static class TraceCommand
{
    private static readonly AdminTable Table = new(
        ("AT", static step => AdminTable.Text(step, "at")),
        ("STEP", static step => AdminTable.Text(step, "step")),
        ("CONNECTION", static step => AdminTable.Text(step, "connection")),
        ("", Details));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var channel = new Argument<string?>("channel") { Arity = ArgumentArity.ZeroOrOne, Description = "The message's channel; without an id a pattern, as news.*." };
        var id = new Argument<string?>("id") { Arity = ArgumentArity.ZeroOrOne, Description = "The message's id. Without it: what happens from now on, until interrupted." };
        return AdminOptions.Add(
            context,
            new Command("trace", "Show the way of a message: received, matched, filtered, queued, dropped, written.") { channel, id },
            (result, session, cancellationToken) => result.GetValue(id) is { } message
                ? session.ShowAsync($"/v1/trace/{Uri.EscapeDataString(result.GetValue(channel) ?? "")}/{Uri.EscapeDataString(message)}", Lines, cancellationToken)
                : session.FollowAsync("/v1/trace" + AdminQuery.Empty.With("channel", result.GetValue(channel)), Line, cancellationToken));
    }

    private static IEnumerable<string> Lines(JsonNode answer) => answer["items"] is JsonArray items
        ? items.OfType<JsonNode>().SelectMany(static (item, index) => index == 0 ? Steps(item) : Steps(item).Prepend(""))
        : Steps(answer);

    private static IEnumerable<string> Steps(JsonNode trace) => Table.Lines(trace["steps"] as JsonArray ?? []);

    private static IEnumerable<string> Line(string type, JsonNode step) =>
        [string.Join(' ', new[] { $"{step["at"]} {step["channel"]} {step["id"] ?? "-"} {type}", (string?)step["connection"], Details(step) }.Where(static part => !string.IsNullOrEmpty(part)))];

    private static string Details(JsonNode step) => string.Join(' ', step.AsObject()
        .Where(static member => member.Key is not ("at" or "step" or "connection" or "channel" or "id"))
        .Select(static member => $"{member.Key}={member.Value}"));
}
