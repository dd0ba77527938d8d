using System.CommandLine;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin switches</c>: parts that can be turned off under load, on all nodes at once (PLG-56). Stateless.</summary>
internal static class SwitchesCommand
{
    private const string Path = "/v1/switches";

    private static readonly AdminTable Table = new(
        ("SWITCH", static one => AdminTable.Text(one, "name")),
        ("ON", static one => (bool?)one["on"] == true ? "on" : "off"),
        ("UNTIL", static one => AdminTable.Text(one, "until")),
        ("BY", static one => AdminTable.Text(one, "by")),
        ("REASON", static one => AdminTable.Text(one, "reason")));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var name = new Argument<string?>("name") { Description = "A switch; without it all are listed.", Arity = ArgumentArity.ZeroOrOne };
        var turn = new Argument<string?>("turn") { Description = "on or off; without it the switch is shown.", Arity = ArgumentArity.ZeroOrOne };
        turn.AcceptOnlyFromAmong("on", "off");
        var seconds = new Option<int?>("--ttl") { Description = "Seconds after which it is off again by itself." };
        var reason = new Option<string?>("--reason") { Description = "Why, for whoever looks at the list." };
        var tenant = new Option<string?>("--tenant") { Description = "With shed_ingest: whose events are not taken." };
        var prefix = new Option<string?>("--event-prefix") { Description = "With shed_ingest: how the names of events begin that are not taken." };
        var command = new Command("switches", "Show or turn the switches that take load off, on all nodes at once.") { name, turn, seconds, reason, tenant, prefix };
        return AdminOptions.Add(context, command, (result, session, cancellationToken) =>
        {
            if (result.GetValue(name) is not { } one)
                return session.ListAsync(Path, AdminQuery.Empty, Table, cancellationToken);
            var path = $"{Path}/{Uri.EscapeDataString(one)}";
            if (result.GetValue(turn) is not { } to)
                return session.ShowAsync(path, Describe, cancellationToken);
            var body = new JsonObject { ["on"] = to == "on" };
            Add(body, "ttl_s", result.GetValue(seconds) is { } ttl ? JsonValue.Create(ttl) : null);
            Add(body, "reason", result.GetValue(reason));
            Add(body, "tenant", result.GetValue(tenant));
            Add(body, "event_prefix", result.GetValue(prefix));
            return session.DoAsync(HttpMethod.Put, path, body, Describe, cancellationToken);
        });
    }

    private static void Add(JsonObject body, string name, JsonNode? value)
    {
        if (value is not null)
            body[name] = value;
    }

    private static IEnumerable<string> Describe(JsonNode one)
    {
        if ((bool?)one["on"] != true)
            yield return $"{one["name"]} is off";
        else
            yield return $"{one["name"]} is on since {one["since"]}, by {one["by"]}{(one["until"] is { } until ? $", until {until}" : "")}{((string?)one["reason"] is { Length: > 0 } reason ? $": {reason}" : "")}";
    }
}
