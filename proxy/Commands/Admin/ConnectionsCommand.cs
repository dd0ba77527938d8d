using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy connections</c>: the held clients (CTL-04). Stateless.</summary>
internal static class ConnectionsCommand
{
    private static readonly AdminTable Table = new(
        ("ID", static connection => AdminTable.Text(connection, "id")),
        ("TRANSPORT", static connection => AdminTable.Text(connection, "transport")),
        ("ROUTE", static connection => AdminTable.Text(connection, "route")),
        ("PEER", static connection => AdminTable.Text(connection, "peer")),
        ("AGE", static connection => AdminTable.Text(connection, "age")),
        ("QUEUED", static connection => AdminTable.Text(connection, "queued_bytes")),
        ("DELIVERED", static connection => AdminTable.Text(connection, "delivered")),
        ("DROPPED", static connection => AdminTable.Text(connection, "dropped")),
        ("CHANNELS", static connection => AdminTable.Text(connection, "channels")),
        ("META", static connection => AdminTable.Text(connection, "meta")));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var id = new Argument<string?>("id") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this connection." };
        var channel = new Option<string?>("--channel") { Description = "Only those on this channel.", HelpName = "channel" };
        var route = new Option<string?>("--route") { Description = "Only those of the route with this id.", HelpName = "id" };
        var transport = new Option<string?>("--transport") { Description = "Only these: response, stream, ws, woh, sockjs or signalr.", HelpName = "word" };
        var meta = new Option<string[]>("--meta") { Description = "Only those with this meta. May be given several times.", HelpName = "K:V" };
        return AdminOptions.Add(
            context,
            new Command("connections", "List the held connections.") { id, channel, route, transport, meta },
            (result, session, cancellationToken) => result.GetValue(id) is { } one
                ? session.ShowAsync($"/v1/connections/{Uri.EscapeDataString(one)}", static found => Table.Lines([found]), cancellationToken)
                : session.ListAsync(
                    "/v1/connections",
                    (result.GetValue(meta) ?? []).Aggregate(
                        AdminQuery.Empty
                            .With("channel", result.GetValue(channel))
                            .With("route", result.GetValue(route))
                            .With("transport", result.GetValue(transport)),
                        static (query, pair) => query.With("meta", pair)),
                    Table,
                    cancellationToken));
    }
}
