using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Routing;

/// <summary>Reads routes from JSON (plugins.md §7.4). Gathers all problems, each with its place.</summary>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class RouteReader(ICollection<string> problems)
{
    private static readonly string[] Known = ["channel", "when", "formats", "stream", "template", "content", "content_type", "id"];

    private const string Numbered = "seq";

    /// <summary>Reads a list of routes.</summary>
    /// <param name="node">The JSON.</param>
    /// <param name="place">Its place, for problems.</param>
    public IReadOnlyList<ChannelRoute> ReadAll(JsonNode node, string place)
    {
        if (node is not JsonArray list)
        {
            problems.Add($"{place} must be a list of routes");
            return [];
        }

        return [.. list.Select((route, index) => Read(route, $"{place}[{index}]")).OfType<ChannelRoute>()];
    }

    private ChannelRoute? Read(JsonNode? node, string place)
    {
        if (node is not JsonObject route)
        {
            problems.Add($"{place} must be an object such as {{\"channel\": \"events.{{event}}\"}}");
            return null;
        }

        foreach (var name in route.Select(pair => pair.Key).Where(name => !Known.Contains(name, StringComparer.Ordinal)))
            problems.Add($"{place}.{name} is unknown; a route has {string.Join(", ", Known)}");
        var channel = Template(route, "channel", place);
        if (channel is null && route["channel"] is null)
            problems.Add($"{place}.channel is missing");
        var formats = Formats(route["formats"], place);
        return channel is null ? null : new ChannelRoute
        {
            Channel = channel,
            When = Condition(route["when"], $"{place}.when"),
            IsNumbered = Text(route, "id", place) == Numbered,
            Id = Text(route, "id", place) == Numbered ? null : Template(route, "id", place),
            Content = Content(route, place),
            Template = Template(route, "template", place),
            ContentType = Text(route, "content_type", place) ?? (route["template"] is null ? "application/json" : "text/plain"),
            ServerSentEvents = OneOf(route, "stream", place, "lines", "sse") == "sse",
            ToStreams = formats.Contains("http-stream", StringComparer.Ordinal),
            ToWebSockets = formats.Contains("ws-message", StringComparer.Ordinal),
            ToResponses = formats.Contains("http-response", StringComparer.Ordinal),
        };
    }

    private string[] Content(JsonObject route, string place) =>
        Text(route, "content", place) is { } path && path != "event" ? path.Split('.') : [];

    private string[] Formats(JsonNode? node, string place)
    {
        string[] all = ["http-stream", "ws-message", "http-response"];
        if (node is null)
            return all;
        var formats = Texts(node, $"{place}.formats");
        foreach (var unknown in formats.Except(all, StringComparer.Ordinal))
            problems.Add($"{place}.formats names {unknown}; there are {string.Join(", ", all)}");
        return formats;
    }

    private RouteCondition Condition(JsonNode? node, string place)
    {
        if (node is null)
            return new RouteCondition();
        if (node is not JsonObject when)
        {
            problems.Add($"{place} must be an object");
            return new RouteCondition();
        }

        return new RouteCondition
        {
            Events = when["event"] is { } events ? Texts(events, $"{place}.event") : [],
            NotEvents = when["not_event"] is { } not ? Texts(not, $"{place}.not_event") : [],
            Properties = (when["properties"] as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => Wanted(pair.Value), StringComparer.Ordinal),
        };
    }

    private static IReadOnlyList<string> Wanted(JsonNode? value) => value switch
    {
        JsonArray any => [.. any.Select(one => one?.ToJsonString() ?? "null")],
        JsonObject test when test.ContainsKey("exists") => [],
        _ => [value?.ToJsonString() ?? "null"],
    };

    private string[] Texts(JsonNode node, string place)
    {
        if (node.GetValueKind() == JsonValueKind.String)
            return [node.GetValue<string>()];
        if (node is JsonArray list && list.All(one => one?.GetValueKind() == JsonValueKind.String))
            return [.. list.Select(one => one!.GetValue<string>())]; // Strings all of them.
        problems.Add($"{place} must be a list of texts");
        return [];
    }

    private EventText? Template(JsonObject route, string name, string place)
    {
        if (Text(route, name, place) is not { } text)
            return null;
        var template = EventText.Parse(text, out var error);
        if (template is null)
            problems.Add($"{place}.{name}: {error}");
        return template;
    }

    private string? OneOf(JsonObject route, string name, string place, params string[] words)
    {
        var text = Text(route, name, place);
        if (text is not null && !words.Contains(text, StringComparer.Ordinal))
            problems.Add($"{place}.{name} is '{text}'; it may be {string.Join(" or ", words)}");
        return text;
    }

    private string? Text(JsonObject route, string name, string place)
    {
        if (route[name] is not { } value)
            return null;
        if (value.GetValueKind() == JsonValueKind.String)
            return value.GetValue<string>();
        problems.Add($"{place}.{name} must be a text");
        return null;
    }
}
