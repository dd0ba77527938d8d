using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy nodes</c>: the nodes and how they are (CTL-13). Stateless.</summary>
internal static class NodesCommand
{
    private static readonly AdminTable Table = new(
        ("NODE", static node => AdminTable.Text(node, "node")),
        ("STATE", static node => AdminTable.Text(node, "state")),
        ("VERSION", static node => AdminTable.Text(node, "version")),
        ("STARTED", static node => AdminTable.Text(node, "started")),
        ("ADDRESS", static node => AdminTable.Text(node, "address")),
        ("CONNECTIONS", static node => AdminTable.Text(node, "connections")),
        ("CHANNELS", static node => AdminTable.Text(node, "channels")));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context) => AdminOptions.Add(
        context,
        new Command("nodes", "List the nodes: their state, and what they hold."),
        static (_, session, cancellationToken) => session.ListAsync("/v1/nodes", AdminQuery.Empty, Table, cancellationToken));
}
