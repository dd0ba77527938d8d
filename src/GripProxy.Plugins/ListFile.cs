using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Plugins;

/// <summary>A file with a JSON list that a key of <c>[plugins]</c> names; owned by whoever reads the settings.</summary>
/// <param name="settings">What the user wrote; problems are gathered there.</param>
/// <param name="key">The key.</param>
internal sealed class ListFile(Settings settings, string key)
{
    /// <summary>The file, beside the one that names it.</summary>
    public string FullPath => Path.GetFullPath(Path.Combine(settings.DirectoryOf("plugins", key), Named));

    private string Named => settings.Text("plugins", key).Trim();

    /// <summary>Reads the list; empty where no file is named, or where it cannot be read.</summary>
    /// <param name="example">A list as it should be, for who wrote something else.</param>
    /// <param name="read">Reads one of them, given where it stands; null: it was reported.</param>
    public IReadOnlyList<T> Read<T>(string example, Func<JsonNode?, string, T?> read)
        where T : class
    {
        if (Named.Length == 0)
            return [];
        var path = FullPath;
        try
        {
            if (JsonNode.Parse(File.ReadAllBytes(path)) is JsonArray list)
                return [.. list.Select((one, index) => read(one, $"{path}[{index}]")).OfType<T>()];
            Report($"{path} must be a list such as {example}");
        }
        catch (JsonException e)
        {
            Report($"{path}:{e.LineNumber + 1}: is not valid JSON (column {e.BytePositionInLine + 1})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report($"names a file that cannot be read: {e.Message}");
        }

        return [];
    }

    /// <summary>Says what is wrong.</summary>
    public void Report(string text) => settings.Report(ConfigSeverity.Error, "plugins", key, $"[plugins] {key}: {text}");
}
