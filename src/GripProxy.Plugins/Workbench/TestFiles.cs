using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Workbench;

/// <summary>Reads the files of a test, from where they are named or from the plugin's folder <c>test</c>. All problems are gathered. Used once.</summary>
internal sealed class TestFiles(WorkbenchTest test)
{
    private readonly List<string> _problems = [];

    /// <summary>What cannot be read.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The events.</summary>
    public IReadOnlyList<JsonElement> Events()
    {
        if (Find(test.Events, "events.ndjson") is not { } path)
        {
            _problems.Add("there are no events: name a file with --events, one JSON object a line, or put it into test/events.ndjson of the plugin");
            return [];
        }

        List<JsonElement> events = [];
        foreach (var (text, place) in Lines(path))
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                events.Add(document.RootElement.Clone());
            }
            catch (JsonException e)
            {
                _problems.Add($"{place} is not valid JSON: {e.Message}");
            }
        }

        return events;
    }

    /// <summary>The expectations, or null: there are none.</summary>
    public IReadOnlyList<JsonObject>? Expected() =>
        Find(test.Expect, "expect.ndjson") is { } path ? [.. Lines(path).Select(line => ParseObject(line.Text, line.Place)).OfType<JsonObject>()] : null;

    /// <summary>The configuration as given.</summary>
    public JsonObject Config() => Find(test.Config, "config.json") is { } path && Read(path) is { } text ? ParseObject(text, path) ?? [] : [];

    /// <summary>The prepared answers of the network.</summary>
    public IReadOnlyList<JsonObject> Mocks()
    {
        if (Find(test.Mocks, "mocks.json") is not { } path || Read(path) is not { } text)
            return [];
        try
        {
            if (JsonNode.Parse(text) is JsonArray list && list.All(one => one is JsonObject))
                return [.. list.OfType<JsonObject>()];
            _problems.Add($"{path} is no JSON list of objects such as {{\"url\": \"https://…\", \"status\": 200, \"body\": {{}}}}");
        }
        catch (JsonException e)
        {
            _problems.Add($"{path} is not valid JSON: {e.Message}");
        }

        return [];
    }

    /// <summary>The attachments.</summary>
    public IReadOnlyDictionary<string, PluginAttachment> Attachments()
    {
        Dictionary<string, PluginAttachment> attachments = new(StringComparer.Ordinal);
        foreach (var (key, path) in test.Attachments)
        {
            try
            {
                attachments[key] = new PluginAttachment("application/octet-stream", Path.GetFileName(path), File.ReadAllBytes(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _problems.Add($"{path} cannot be read: {e.Message}");
            }
        }

        return attachments;
    }

    private string? Find(string? named, string usual)
    {
        if (named is not null)
            return named;
        var path = Path.Combine(test.Plugin, "test", usual);
        return File.Exists(path) ? path : null;
    }

    private IEnumerable<(string Text, string Place)> Lines(string path) => (Read(path) ?? "").Split('\n')
        .Select((text, index) => (Text: text.Trim(), Place: $"{path}:{index + 1}"))
        .Where(line => line.Text.Length > 0);

    private string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{path} cannot be read: {e.Message}");
            return null;
        }
    }

    private JsonObject? ParseObject(string text, string place)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject json)
                return json;
            _problems.Add($"{place} is no JSON object");
        }
        catch (JsonException e)
        {
            _problems.Add($"{place} is not valid JSON: {e.Message}");
        }

        return null;
    }
}
