using System.CommandLine;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>What all commands have that ask the control port: where it is, a token, and the form of the output. Immutable.</summary>
internal sealed class AdminOptions
{
    private const string DefaultAdmin = "http://127.0.0.1:5561";

    private readonly Option<string?> _admin = new("--admin")
    {
        Description = $"Address of the control port (default: environment GRIPPROXY_ADMIN, else {DefaultAdmin}).",
        HelpName = "URL",
    };

    private readonly Option<string?> _token = new("--token") { Description = "Token for it (default: environment GRIPPROXY_TOKEN).", HelpName = "token" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the answer as JSON." };

    /// <summary>A command that has these options and does this.</summary>
    /// <param name="context">The process.</param>
    /// <param name="command">The command, with its own options.</param>
    /// <param name="run">What it does; the exit code.</param>
    public static Command Add(ProcessContext context, Command command, Func<ParseResult, AdminSession, CancellationToken, Task<int>> run)
    {
        var options = new AdminOptions();
        command.Add(options._admin);
        command.Add(options._token);
        command.Add(options._json);
        command.SetAction((result, cancellationToken) => options.RunAsync(context, result, run, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(
        ProcessContext context, ParseResult result, Func<ParseResult, AdminSession, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        var address = result.GetValue(_admin) ?? Variable(context, "GRIPPROXY_ADMIN") ?? DefaultAdmin;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var admin) || admin.Scheme is not ("http" or "https"))
        {
            await context.Error.WriteLineAsync($"error: the address of the control port is '{address}', expected one as {DefaultAdmin}");
            return ExitCode.Failure;
        }

        var token = result.GetValue(_token) ?? Variable(context, "GRIPPROXY_TOKEN");
        using var session = new AdminSession(context, new AdminClient(admin, token, context.Time), result.GetValue(_json));
        return await run(result, session, cancellationToken);
    }

    private static string? Variable(ProcessContext context, string name) =>
        context.Environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
