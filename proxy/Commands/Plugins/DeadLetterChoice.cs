using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary>Which dead letters a command is about. Immutable.</summary>
internal sealed class DeadLetterChoice
{
    private readonly Option<string?>[] _options =
    [
        new("--stage") { Description = "Only those that failed there: chain, onEvent, exportEvents, webhook, job.", HelpName = "stage" },
        new("--install") { Description = "Only those of this plugin, by name or id.", HelpName = "plugin" },
        new("--since") { Description = "Only those that are not older.", HelpName = "time" },
        new("--event") { Description = "Only those of events of this name.", HelpName = "name" },
    ];

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        foreach (var option in _options)
            command.Add(option);
        return command;
    }

    /// <summary>True if any was given.</summary>
    public bool IsGiven(CommandResult result) => _options.Any(option => result.GetValue(option) is not null);

    /// <summary>As parameters.</summary>
    public AdminQuery Query(ParseResult result) => _options.Aggregate(AdminQuery.Empty, (query, option) => query.With(option.Name.TrimStart('-'), result.GetValue(option)));

    /// <summary>As a member of a body.</summary>
    public JsonObject Json(ParseResult result) => new(_options.Where(option => result.GetValue(option) is not null)
        .Select(option => KeyValuePair.Create<string, JsonNode?>(option.Name.TrimStart('-'), result.GetValue(option))));
}
