using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary><c>gripproxy close</c>: ends held connections in order (CTL-05). Stateless.</summary>
internal static class CloseCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var choice = new ConnectionChoice();
        var code = new Option<int?>("--code") { Description = "Close code for WebSockets (default: 1000).", HelpName = "code" };
        var reason = new Option<string?>("--reason") { Description = "Reason for WebSockets.", HelpName = "text" };
        var command = new Command("close", "Close held connections: streams end, long-polls get the answer of their timeout, WebSockets are closed.");
        choice.AddTo(command);
        command.Add(code);
        command.Add(reason);
        return AdminOptions.Add(context, command, (result, session, cancellationToken) =>
        {
            var body = choice.Read(result);
            if (result.GetValue(code) is { } number)
                body["code"] = number;
            if (result.GetValue(reason) is { } text)
                body["reason"] = text;
            return session.DoAsync("/v1/close", body, static answer => [$"closed {answer["closed"]}"], cancellationToken);
        });
    }
}
