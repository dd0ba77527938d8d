using System.CommandLine;
using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy channels</c>: who listens to what (CTL-03). Stateless.</summary>
internal static class ChannelsCommand
{
    private static readonly AdminTable Table = new(
        ("CHANNEL", static channel => AdminTable.Text(channel, "channel")),
        ("TOTAL", static channel => AdminTable.Text(channel, "total")),
        ("RESPONSE", static channel => Subscribers(channel, "response")),
        ("STREAM", static channel => Subscribers(channel, "stream")),
        ("WS", static channel => Subscribers(channel, "ws")),
        ("LAST ID", static channel => AdminTable.Text(channel, "last_id")));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var channel = new Argument<string?>("channel") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this channel." };
        var prefix = new Option<string?>("--prefix") { Description = "Only channels whose names begin so.", HelpName = "text" };
        return AdminOptions.Add(
            context,
            new Command("channels", "List the channels in use: how many clients are held on each.") { channel, prefix },
            (result, session, cancellationToken) => result.GetValue(channel) is { } name
                ? session.ShowAsync($"/v1/channels/{Uri.EscapeDataString(name)}", static found => Table.Lines([found]), cancellationToken)
                : session.ListAsync("/v1/channels", AdminQuery.Empty.With("prefix", result.GetValue(prefix)), Table, cancellationToken));
    }

    private static string Subscribers(JsonNode channel, string mode) => channel["subscribers"] is { } counts ? AdminTable.Text(counts, mode) : "-";
}
