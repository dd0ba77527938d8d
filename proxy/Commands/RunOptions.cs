using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GripProxy.Proxy.Logging;

namespace GripProxy.Proxy.Commands;

/// <summary>Pushpin's options as the command line knows them, with Pushpin's error texts (CLI-01). Immutable.</summary>
internal sealed class RunOptions
{
    private readonly Option<string?> _config = new("--config") { Description = "Config file. Without it: ./gripproxy.conf, ./conf/gripproxy.conf, Pushpin's places, /etc/gripproxy/gripproxy.conf.", HelpName = "file" };
    private readonly Option<string?> _logFile = new("--logfile") { Description = "File to log to, instead of standard output.", HelpName = "file" };
    private readonly Option<string?> _logLevel = new("--loglevel") { Description = "Log level, 0-4 (default: 2), or a list such as 2,proxy:3.", HelpName = "x" };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Verbose output. Same as --loglevel=3." };
    private readonly Option<bool> _mergeOutput = new("--merge-output", "-m") { Description = "Accepted for Pushpin's sake: there is one log anyway." };
    private readonly Option<string?> _port = new("--port") { Description = "Run a single HTTP server on this port, instead of the configured ones.", HelpName = "[addr:]port" };
    private readonly Option<string?> _id = new("--id") { Description = "Instance id, to run several instances beside each other.", HelpName = "n" };
    private readonly Option<string[]> _route = new("--route") { Description = "Add a route, instead of the routes file. May be given several times.", HelpName = "line" };

    /// <summary>Options with their checks.</summary>
    public RunOptions()
    {
        _logLevel.Validators.Add(CheckLogLevel);
        _port.Validators.Add(CheckPort);
        _id.Validators.Add(CheckId);
    }

    /// <summary>All of them, as help lists them.</summary>
    public IReadOnlyList<Option> All => [_config, _logFile, _logLevel, _verbose, _mergeOutput, _port, _id, _route];

    /// <summary>The values; call only if there was no error.</summary>
    public RunFlags Read(ParseResult result) => new()
    {
        Config = result.GetValue(_config),
        LogFile = result.GetValue(_logFile),
        LogLevels = ReadLevels(result),
        Port = result.GetValue(_port),
        Id = result.GetValue(_id) is { } id ? int.Parse(id, CultureInfo.InvariantCulture) : null,
        Routes = result.GetValue(_route) ?? [],
    };

    // What is said in detail wins over what is said in general.
    private LogLevels? ReadLevels(ParseResult result)
    {
        if (result.GetValue(_logLevel) is { } text && LogLevels.TryParse(text, out var levels, out _))
            return levels;
        return result.GetValue(_verbose) ? LogLevels.Verbose : null;
    }

    private static void CheckLogLevel(OptionResult result)
    {
        if (!LogLevels.TryParse(result.GetValueOrDefault<string>() ?? "", out _, out var error))
            result.AddError(error);
    }

    private static void CheckPort(OptionResult result)
    {
        var text = result.GetValueOrDefault<string>() ?? "";
        if (ListenAddress.TryParse(text, out _))
            return;
        var number = text[(text.LastIndexOf(':') + 1)..];
        var isLow = !int.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out var port) || port < 1;
        result.AddError(isLow ? "port must be greater than or equal to 1" : $"invalid http port: {text}");
    }

    private static void CheckId(OptionResult result)
    {
        if (!int.TryParse(result.GetValueOrDefault<string>(), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            result.AddError("id must be greater than or equal to 0");
    }
}
