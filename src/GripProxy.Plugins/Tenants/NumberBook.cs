using System.Text.Json;

namespace GripProxy.Plugins.Tenants;

/// <summary>
/// Gives tenants and installs their numbers: from 1, the same for the same name after a restart, and never one that another name had (plugins.md §6.1).
/// Kept in a small file. Owned by whoever reads the set-up.
/// </summary>
internal sealed class NumberBook
{
    private static readonly PluginJson Json = new(new JsonSerializerOptions { WriteIndented = true });

    private readonly string _path;
    private readonly Dictionary<string, Dictionary<string, int>> _numbers;
    private bool _changed;

    private NumberBook(string path, Dictionary<string, Dictionary<string, int>> numbers)
    {
        _path = path;
        _numbers = numbers;
    }

    /// <summary>A book that is not kept.</summary>
    public static NumberBook Empty() => new("", new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal));

    /// <summary>Opens the file or begins an empty one.</summary>
    /// <exception cref="IOException">The file cannot be read or is damaged.</exception>
    public static NumberBook Open(string path)
    {
        if (!File.Exists(path))
            return new NumberBook(path, new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal));
        try
        {
            return new NumberBook(path, JsonSerializer.Deserialize(File.ReadAllText(path), Json.DictionaryStringDictionaryStringInt32)
                ?? throw new InvalidDataException($"{path} is empty"));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    /// <summary>The number of a name among those of its group.</summary>
    /// <param name="group"><c>tenants</c>, or <c>installs of NAME</c>.</param>
    /// <param name="name">The name.</param>
    public int NumberOf(string group, string name)
    {
        if (!_numbers.TryGetValue(group, out var numbers))
            _numbers[group] = numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        if (numbers.TryGetValue(name, out var number))
            return number;
        _changed = true;
        return numbers[name] = numbers.Count == 0 ? 1 : numbers.Values.Max() + 1;
    }

    /// <summary>Writes the file if a number was given.</summary>
    public void Save()
    {
        if (!_changed)
            return;
        var next = _path + ".new";
        File.WriteAllText(next, JsonSerializer.Serialize(_numbers, Json.DictionaryStringDictionaryStringInt32));
        File.Move(next, _path, overwrite: true);
        _changed = false;
    }
}
