using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;

namespace GripProxy.Plugins.Workbench;

/// <summary>Reads the files of a test, from where they are named or from the plugin's own folder <c>test</c>. All problems are gathered. Used once.</summary>
/// <param name="test">What is named.</param>
/// <param name="package">The plugin's files, of a folder or an archive.</param>
internal sealed class TestFiles(WorkbenchTest test, PackageFiles package)
{
    private readonly List<string> _problems = [];

    /// <summary>What cannot be read.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The events.</summary>
    public IReadOnlyList<JsonElement> Events()
    {
        if (Find(test.Events, "events.ndjson") is not { } file)
        {
            _problems.Add("there are no events: name a file with --events, one JSON object a line, or put it into test/events.ndjson of the plugin");
            return [];
        }

        List<JsonElement> events = [];
        foreach (var (text, place) in Lines(file))
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
        Find(test.Expect, "expect.ndjson") is { } file ? [.. Lines(file).Select(line => ParseObject(line.Text, line.Place)).OfType<JsonObject>()] : null;

    /// <summary>The configuration as given.</summary>
    public JsonObject Config() => Find(test.Config, "config.json") is { } file && Read(file) is { } text ? ParseObject(text, file.Place) ?? [] : [];

    /// <summary>The prepared answers of the network.</summary>
    public IReadOnlyList<JsonObject> Mocks()
    {
        if (Find(test.Mocks, "mocks.json") is not { } file || Read(file) is not { } text)
            return [];
        try
        {
            if (JsonNode.Parse(text) is JsonArray list && list.All(one => one is JsonObject))
                return [.. list.OfType<JsonObject>()];
            _problems.Add($"{file.Place} is no JSON list of objects such as {{\"url\": \"https://…\", \"status\": 200, \"body\": {{}}}}");
        }
        catch (JsonException e)
        {
            _problems.Add($"{file.Place} is not valid JSON: {e.Message}");
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

    // Where it is as people read it, and within the package if nobody named it.
    private (string Place, string? Within)? Find(string? named, string usual)
    {
        if (named is not null)
            return (named, null);
        var within = $"test/{usual}";
        return package.Find(within) is null ? null : (Path.Combine(test.Plugin, within), within);
    }

    private IEnumerable<(string Text, string Place)> Lines((string Place, string? Within) file) => (Read(file) ?? "").Split('\n')
        .Select((text, index) => (Text: text.Trim(), Place: $"{file.Place}:{index + 1}"))
        .Where(line => line.Text.Length > 0);

    private string? Read((string Place, string? Within) file)
    {
        if (file.Within is { } within)
            return Encoding.UTF8.GetString(package.Find(within)!).TrimStart('\uFEFF'); // It was found.
        try
        {
            return File.ReadAllText(file.Place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{file.Place} cannot be read: {e.Message}");
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
