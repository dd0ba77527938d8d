using System.CommandLine;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary>Whose plugins a command is about. Immutable.</summary>
internal sealed class TenantOption
{
    private readonly Option<string> _tenant = new("--tenant") { Description = "Whose plugins.", HelpName = "name", DefaultValueFactory = static _ => "default" };

    /// <summary>Adds the option to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Add(_tenant);
        return command;
    }

    /// <summary>A path below the tenant at the control port.</summary>
    /// <param name="result">The arguments.</param>
    /// <param name="segments">What follows, not escaped yet.</param>
    public string Path(ParseResult result, params IEnumerable<string> segments) =>
        $"/v1/tenants/{Uri.EscapeDataString(result.GetRequiredValue(_tenant))}" + string.Concat(segments.Select(static segment => "/" + Uri.EscapeDataString(segment)));
}
