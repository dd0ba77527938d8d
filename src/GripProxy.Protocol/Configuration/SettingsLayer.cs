namespace GripProxy.Protocol.Configuration;

/// <summary>One source of settings: a file, the environment, or the command line. Immutable once filled.</summary>
internal sealed class SettingsLayer
{
    private readonly Dictionary<(string Section, string Key), SettingEntry> _last = [];

    /// <summary>Section headers with their locations, in order; empty where the source has none.</summary>
    public List<(string Name, string Location)> Sections { get; } = [];

    /// <summary>All entries in order.</summary>
    public List<SettingEntry> Entries { get; } = [];

    public static SettingsLayer FromFile(string text, string path, ICollection<ConfigProblem> problems)
    {
        var document = IniDocument.Parse(text, path, problems);
        var directory = DirectoryOf(path);
        var layer = new SettingsLayer();
        layer.Sections.AddRange(document.Sections.Select(section => (section.Name, $"{path}:{section.Line}")));
        foreach (var entry in document.Entries)
            layer.Add(new SettingEntry(entry.Section, entry.Key, entry.Value, $"{path}:{entry.Line}", directory));
        return layer;
    }

    public static string DirectoryOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".";

    public void Add(SettingEntry entry)
    {
        Entries.Add(entry);
        _last[(entry.Section, entry.Key)] = entry;
    }

    public SettingEntry? Find(string section, string key) => _last.GetValueOrDefault((section, key));
}
