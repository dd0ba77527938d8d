using System.CommandLine;
using System.CommandLine.Help;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// The command line: <c>run</c> with Pushpin's options, also without the word (CLI-01, own-config.md), and commands of our own. Lives for one
/// parse.
/// </summary>
internal sealed class CommandLine
{
    private readonly RootCommand _root = new("A GRIP-compatible realtime push proxy.");
    private readonly ProcessContext _context;

    /// <summary>Knows all commands.</summary>
    public CommandLine(ProcessContext context)
    {
        _context = context;
        _root.Options.Clear();
        _root.Directives.Clear();
        var help = new HelpOption("--help", "-h") { Recursive = true, Description = "Show this help." };
        var version = new Option<bool>("--version", "-v") { Recursive = true, Description = "Show the version.", Action = new VersionAction(context) };
        var run = new RunOptions();
        AddRun(_root, run);
        _root.Add(help);
        _root.Add(version);
        _root.Add(AddRun(new Command("run", "Run the proxy. This is also what happens without a command."), run));
        _root.Add(Check());
    }

    /// <summary>Runs what the arguments say.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var result = _root.Parse(ArgumentSpelling.Normalize(arguments, LongNames()), new ParserConfiguration { ResponseFileTokenReplacer = null });
        var asksForText = result.Action is HelpAction or VersionAction;
        if (ArgumentError.Of(result) is { } error && !asksForText)
        {
            await _context.Error.WriteLineAsync($"error: {error}\n");
            WriteHelp(result.CommandResult.Command);
            return ExitCode.Failure;
        }

        return await result.InvokeAsync(new InvocationConfiguration
        {
            Output = _context.Output,
            Error = _context.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are ours: one ends the process in order, two at once (CLI-05).
            ProcessTerminationTimeout = null,
        });
    }

    private void WriteHelp(Command command) =>
        _root.Parse(command == _root ? ["--help"] : [command.Name, "--help"]).Invoke(new InvocationConfiguration { Output = _context.Error });

    private Command AddRun(Command command, RunOptions options)
    {
        foreach (var option in options.All)
            command.Add(option);
        command.SetAction((result, _) => new RunCommand(_context, options.Read(result)).RunAsync());
        return command;
    }

    private Command Check()
    {
        var config = new Option<string?>("--config") { Description = "Config file.", HelpName = "file" };
        var command = new Command("check", "Check configuration, routes and keys, and say what is wrong with them.") { config };
        command.SetAction((result, _) => new CheckCommand(_context).RunAsync(result.GetValue(config)));
        return command;
    }

    private HashSet<string> LongNames() =>
    [
        .. _root.Subcommands.Append(_root).SelectMany(command => command.Options).Select(option => option.Name.TrimStart('-')),
    ];
}
