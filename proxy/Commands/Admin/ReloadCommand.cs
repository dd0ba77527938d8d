using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy reload</c>: lets a proxy read its routes and keys again, all or nothing (CTL-06). Stateless.</summary>
internal static class ReloadCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context) => AdminOptions.Add(
        context,
        new Command("reload", "Let the proxy read routes, keys and limits again; if anything is wrong with them, say what, and change nothing."),
        static (_, session, cancellationToken) =>
            session.DoAsync("/v1/reload", [], static answer => [$"changed {AdminTable.Text(answer, "changed")}"], cancellationToken));
}
