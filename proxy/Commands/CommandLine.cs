using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Runtime.CompilerServices;
using GripProxy.Proxy.Commands.Admin;
using GripProxy.Proxy.Commands.GameDay;
using GripProxy.Proxy.Commands.Plugins;
using GripProxy.Proxy.Commands.Publish;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// The command line: <c>run</c> with Pushpin's options, also without the word (CLI-01, own-config.md), and commands of our own. Lives for one
/// parse.
/// </summary>
internal sealed class CommandLine
{
    /// <summary>Called by this name, the program is its <c>publish</c> command (CLI-20).</summary>
    private const string PushpinPublish = "pushpin-publish";

    private readonly Command _root;
    private readonly ProcessContext _context;
    private readonly List<Command> _askingRunning = [];

    /// <summary>Knows all commands.</summary>
    public CommandLine(ProcessContext context)
    {
        _context = context;
        var help = new HelpOption("--help", "-h") { Recursive = true, Description = "Show this help." };
        var version = new Option<bool>("--version", "-v") { Recursive = true, Description = "Show the version.", Action = new VersionAction(context) };
        if (context.CalledAs == PushpinPublish)
        {
            version.Aliases.Add("-V");
            _root = Publish(PushpinPublish);
        }
        else
        {
            _root = All();
        }

        _root.Add(help);
        _root.Add(version);
    }

    private RootCommand All()
    {
        var root = new RootCommand("A GRIP-compatible realtime push proxy.");
        root.Options.Clear();
        root.Directives.Clear();
        var run = new RunOptions();
        AddRun(root, run);
        root.Add(AddRun(new Command("run", "Run the proxy. This is also what happens without a command."), run));
        root.Add(Check());
        root.Add(Demo());
        root.Add(Publish("publish"));
        _askingRunning.AddRange(AdminCommands.Create(_context));
        foreach (var command in _askingRunning)
            root.Add(command);
        root.Add(PluginCommands.Create(_context));
        root.Add(GameDayCommands.Create(_context));
        return root;
    }

    /// <summary>Runs what the arguments say.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        // pushpin-publish has no long options with one dash: -user would be -u with a value.
        var isPublish = _root.Name == PushpinPublish || arguments is ["publish", ..];
        var spelled = isPublish ? arguments : ArgumentSpelling.Normalize(arguments, LongNames());
        var result = _root.Parse(spelled, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var asksForText = result.Action is HelpAction or VersionAction;
        if (ArgumentError.Of(result) is { } error && !asksForText)
        {
            await ExplainAsync(error, result.CommandResult.Command);
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

    // Who asks a running proxy may think that it reads the configuration; a word about that is more use than all options below which the error is lost.
    private async Task ExplainAsync(string error, Command command)
    {
        if (_askingRunning.Contains(command))
        {
            await _context.Error.WriteLineAsync($"error: {error} '{command.Name}' asks a running proxy, where --admin says; see 'gripproxy {command.Name} --help'.");
            return;
        }

        await _context.Error.WriteLineAsync($"error: {error}\n");
        WriteHelp(command);
    }

    private void WriteHelp(Command command) =>
        _root.Parse([.. NamesBelowRoot(command), "--help"]).Invoke(new InvocationConfiguration { Output = _context.Error });

    private IEnumerable<string> NamesBelowRoot(Command command) =>
        command == _root ? [] : command.Parents.OfType<Command>().Where(parent => parent != command).SelectMany(NamesBelowRoot).Append(command.Name);

    private Command AddRun(Command command, RunOptions options)
    {
        foreach (var option in options.All)
            command.Add(option);
        command.SetAction((result, _) => new RunCommand(_context, options.Read(result)).RunAsync());
        return command;
    }

    private Command Check()
    {
        var config = new Option<string?>("--config") { Description = "Config file. Without it: ./gripproxy.conf, ./conf/gripproxy.conf, Pushpin's places, /etc/gripproxy/gripproxy.conf.", HelpName = "file" };
        var command = new Command("check", "Check configuration, routes and keys, and say what is wrong with them.") { config };
        command.SetAction((result, _) => new CheckCommand(_context).RunAsync(result.GetValue(config)));
        return command;
    }

    private Command Demo()
    {
        var port = DemoPort("--port", "Port for clients.", 7999);
        var control = DemoPort("--control-port", "Port for publishers.", 5561);
        var origin = DemoPort("--origin-port", "Port of the sample origin.", 8000);
        var nodes = new Option<int>("--nodes")
        {
            Description = "How many proxies act as one, through a redis-server that is started for them.", HelpName = "n", DefaultValueFactory = _ => 1,
        };
        nodes.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 9)
                result.AddError("--nodes expects a number from 1 to 9");
        });
        var plugins = new Option<bool>("--plugins") { Description = "Do not start without a JavaScript runtime for the demo's plugin." };
        var command = new Command("demo", "Run the proxy with a sample origin, to try it in a browser.") { port, control, origin, nodes, plugins };
        command.SetAction((result, _) =>
        {
            // A constant in the native program, so that the sample origin is left out of it.
            if (RuntimeFeature.IsDynamicCodeSupported)
                return new DemoCommand(_context, new DemoPorts(result.GetValue(port), result.GetValue(control), result.GetValue(origin)), result.GetValue(nodes), result.GetValue(plugins)).RunAsync();
            return RunElsewhereAsync(result);
        });
        return command;
    }

    private async Task<int> RunElsewhereAsync(ParseResult command)
    {
        await _context.Error.WriteLineAsync($"error: {ManagedTwin.Become(command.Tokens.Select(token => token.Value))}");
        return ExitCode.Failure;
    }

    private Command Publish(string name)
    {
        var options = new PublishOptions();
        var command = new Command(name, "Publish an item, or many, to a GRIP proxy.");
        options.AddTo(command);
        command.SetAction((result, cancellationToken) => new PublishCommand(_context, options.Read(result)).RunAsync(cancellationToken));
        return command;
    }

    private static Option<int> DemoPort(string name, string description, int value)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} 0: any free port.",
            HelpName = "n",
            DefaultValueFactory = _ => value,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => !ushort.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                result.AddError($"{name[2..]} must be between 0 and {ushort.MaxValue}");
        });
        return option;
    }

    private HashSet<string> LongNames() =>
    [
        .. _root.Subcommands.Append(_root).SelectMany(command => command.Options).Select(option => option.Name.TrimStart('-')),
    ];
}
