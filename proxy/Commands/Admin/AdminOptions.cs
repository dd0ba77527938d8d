using System.CommandLine;
using GripProxy.Security.Publishing;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>What all commands have that ask the control port: where it is, a token, and the form of the output. Immutable.</summary>
internal sealed class AdminOptions
{
    private const string DefaultAdmin = "http://127.0.0.1:5561";

    /// <summary>Long enough for one request, and for clocks that differ by minutes.</summary>
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    private readonly Option<string?> _admin = new("--admin")
    {
        Description = $"Address or GRIP URL of the control port (default: environment GRIPPROXY_ADMIN, else GRIP_URL, else {DefaultAdmin}).",
        HelpName = "URL",
    };

    private readonly Option<string?> _token = new("--token") { Description = "Token for it (default: what the URL says, else environment GRIPPROXY_TOKEN).", HelpName = "token" };
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
        var address = result.GetValue(_admin) ?? Variable(context, "GRIPPROXY_ADMIN") ?? ControlPort(Variable(context, "GRIP_URL")) ?? DefaultAdmin;
        if (!GripUrl.TryRead(address, out var url, out var reason))
        {
            // It may hold a key, so it is not shown.
            await context.Error.WriteLineAsync($"error: the address of the control port, expected as {DefaultAdmin}: {reason}");
            return ExitCode.Failure;
        }

        var credential = CredentialOf(result.GetValue(_token), url, Variable(context, "GRIPPROXY_TOKEN"));
        var client = new AdminClient(url.Address, () => credential.CreateHeader(TokenLifetime, context.Time), context.Time);
        using var session = new AdminSession(context, client, result.GetValue(_json));
        return await run(result, session, cancellationToken);
    }

    private static PublishCredential CredentialOf(string? token, GripUrl url, string? fallback)
    {
        if (token is null && url.Credential != PublishCredential.None)
            return url.Credential;
        return (token ?? fallback) is { } bearer ? PublishCredential.Bearer(bearer) : PublishCredential.None;
    }

    // It may name a ZeroMQ door, which publishers use and nobody can ask.
    private static string? ControlPort(string? gripUrl) => gripUrl?.StartsWith("http", StringComparison.Ordinal) == true ? gripUrl : null;

    private static string? Variable(ProcessContext context, string name) =>
        context.Environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
