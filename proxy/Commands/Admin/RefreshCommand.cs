using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy refresh</c>: lets WebSockets over HTTP ask their origins at once (CTL-05). Stateless.</summary>
internal static class RefreshCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var choice = new ConnectionChoice();
        var command = new Command("refresh", "Let WebSockets over HTTP ask their origins at once.");
        choice.AddTo(command);
        return AdminOptions.Add(context, command, (result, session, cancellationToken) =>
            session.DoAsync("/v1/refresh", choice.Read(result), static answer => [$"refreshed {answer["refreshed"]}"], cancellationToken));
    }
}
