using System.CommandLine;
using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>Which connections <c>close</c> and <c>refresh</c> are for (CTL-05): what the control port makes of it is its own affair. Immutable.</summary>
internal sealed class ConnectionChoice
{
    private readonly Option<string?> _channel = new("--channel") { Description = "All connections on this channel.", HelpName = "channel" };
    private readonly Option<string?> _connection = new("--connection") { Description = "The connection of this id.", HelpName = "id" };
    private readonly Option<string[]> _meta = new("--meta") { Description = "All connections with this meta. Several: all must match.", HelpName = "K:V" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_channel);
        command.Add(_connection);
        command.Add(_meta);
    }

    /// <summary>The members of the request's body.</summary>
    public JsonObject Read(ParseResult result)
    {
        var body = new JsonObject();
        if (result.GetValue(_channel) is { } channel)
            body["channel"] = channel;
        if (result.GetValue(_connection) is { } connection)
            body["connection"] = connection;
        if (result.GetValue(_meta) is { Length: > 0 } pairs)
        {
            body["meta"] = new JsonObject(pairs
                .Select(static pair => pair.Split(':', 2))
                .DistinctBy(static pair => pair[0])
                .Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair[0], pair.Length == 2 ? pair[1] : "")));
        }

        return body;
    }
}
