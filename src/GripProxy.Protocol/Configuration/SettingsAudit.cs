namespace GripProxy.Protocol.Configuration;

/// <summary>
/// Compares what was written with <see cref="KnownKeys"/> and with what was read (own-config.md, Unknown keys). Lives for one run.
/// </summary>
internal sealed class SettingsAudit(IReadOnlySet<(string Section, string Key)> read, bool check)
{
    private readonly List<ConfigProblem> _found = [];
    private readonly HashSet<string> _unknownSections = new(StringComparer.Ordinal);

    public IReadOnlyList<ConfigProblem> Run(SettingsLayers layers)
    {
        foreach (var layer in layers.Audited)
        {
            foreach (var (section, location) in layer.Sections)
                LookAtSection(section, location);
            foreach (var entry in layer.Entries)
                LookAtKey(entry);
        }

        return _found;
    }

    private void LookAtSection(string section, string location)
    {
        if (KnownKeys.TableSection(section) is not null || !_unknownSections.Add(section))
            return;

        var bare = section.TrimEnd(':');
        var text = KnownKeys.Sections.Contains(bare + ":", StringComparer.Ordinal)
            ? $"[{section}] is not used: expected a name, [{bare}:NAME]"
            : $"unknown section [{section}] is not used{Suggest(section, KnownKeys.Sections)}";
        Add(ConfigSeverity.Warning, location, text);
    }

    private void LookAtKey(SettingEntry entry)
    {
        if (KnownKeys.TableSection(entry.Section) is not { } table)
            return;

        var known = KnownKeys.Find(table, entry.Key);
        switch (known?.State)
        {
            case null when !read.Contains((entry.Section, entry.Key)):
                AddUnknown(entry, table);
                break;
            case KeyState.Later:
                Add(ConfigSeverity.Note, entry.Location, $"[{entry.Section}] {entry.Key} is accepted; {known.About} comes with a later release");
                break;
            case KeyState.NotUsed:
                Add(ConfigSeverity.Note, entry.Location, $"[{entry.Section}] {entry.Key} is accepted but unused: {known.About}");
                break;
        }
    }

    private void AddUnknown(SettingEntry entry, string table)
    {
        var severity = check && KnownKeys.IsOwn(table) ? ConfigSeverity.Error : ConfigSeverity.Warning;
        var elsewhere = KnownKeys.All.FirstOrDefault(known => known.Key == entry.Key);
        var hint = elsewhere is null
            ? Suggest(entry.Key, KnownKeys.All.Where(known => known.Section == table).Select(known => known.Key))
            : $"; it belongs into [{elsewhere.Section}{(elsewhere.Section.EndsWith(':') ? "NAME" : "")}]";
        Add(severity, entry.Location, $"unknown key '{entry.Key}' in [{entry.Section}] is not used{hint}");
    }

    private static string Suggest(string written, IEnumerable<string> candidates) =>
        Spelling.Closest(written, candidates.Where(candidate => !candidate.StartsWith('*'))) is { } close ? $"; did you mean '{close}'?" : "";

    private void Add(ConfigSeverity severity, string location, string text) => _found.Add(new ConfigProblem(severity, location, text));
}
