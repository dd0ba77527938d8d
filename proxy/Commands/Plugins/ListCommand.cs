using System.CommandLine;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin list</c>: the plugins of a tenant and what has become of them (plugins-http.md §4.3). Stateless.</summary>
internal static class ListCommand
{
    private static readonly AdminTable Table = new(
        ("ID", static one => AdminTable.Text(one, "id")),
        ("NAME", static one => AdminTable.Text(one, "name")),
        ("VERSION", static one => AdminTable.Text(one, "version")),
        ("ORDER", static one => AdminTable.Text(one, "order")),
        ("STATE", static one => AdminTable.Text(one, "state")),
        ("ERROR", static one => one["error"] is { } error ? AdminTable.Text(error, "message") : "-"));

    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var tenant = new TenantOption();
        return AdminOptions.Add(
            context,
            tenant.AddTo(new Command("list", "Show the plugins of a tenant in their order, and what has become of them.")),
            (result, session, cancellationToken) => session.ListAsync(tenant.Path(result, "plugins"), AdminQuery.Empty, Table, cancellationToken));
    }
}
