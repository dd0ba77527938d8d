using System.Globalization;

namespace GripProxy.Protocol.Configuration;

/// <summary>The sources of settings, strongest first: command line, environment, main file, include. Immutable.</summary>
internal sealed class SettingsLayers
{
    // Pushpin's own file of internal socket addresses: it may be missing, and what it says needs no remark (CFG-03).
    private const string WiringFile = "internal.conf";

    private readonly IReadOnlyList<SettingsLayer> _layers;
    private Substitution _substitution = new("", "", "", 0);

    private SettingsLayers(IReadOnlyList<SettingsLayer> layers) => _layers = layers;

    /// <summary>The layers whose unknown keys the user should hear of, weakest first.</summary>
    public required IReadOnlyList<SettingsLayer> Audited { get; init; }

    /// <summary>Every section once, in the order of the main file, then the others.</summary>
    public IEnumerable<string> SectionNames =>
        _layers.Reverse().OrderBy(layer => layer == Main ? 0 : 1).SelectMany(layer => layer.Sections).Select(section => section.Name).Distinct(StringComparer.Ordinal);

    /// <summary>The strongest entry of each key, sections in the order of <see cref="SectionNames"/>, then those that have no header.</summary>
    public IEnumerable<SettingEntry> InForce
    {
        get
        {
            var order = SectionNames.Index().ToDictionary(static section => section.Item, static section => section.Index, StringComparer.Ordinal);
            return _layers.Reverse()
                .SelectMany(static layer => layer.Entries)
                .Select(entry => Find(entry.Section, entry.Key)!) // It was listed.
                .Distinct()
                .OrderBy(entry => order.GetValueOrDefault(entry.Section, int.MaxValue));
        }
    }

    private SettingsLayer Main { get; init; } = new();

    public static SettingsLayers Read(SettingsSources sources, ICollection<ConfigProblem> problems)
    {
        var directory = SettingsLayer.DirectoryOf(sources.Path);
        var commandLine = FromCommandLine(sources);
        var main = SettingsLayer.FromFile(sources.Text, sources.Path, problems);

        // The environment may name the include, and addresses sections of the include: so it is read before and after it.
        var environment = ReadEnvironment(sources, directory, [], main);

        string Raw(string section, string key, string fallback) =>
            NotEmpty(commandLine.Find(section, key) ?? environment.Find(section, key) ?? main.Find(section, key)) ?? fallback;

        var libDirectory = Raw("global", "libdir", directory);
        var includePath = IncludePath(Raw("global", "include", ""), libDirectory, directory);
        var include = ReadInclude(includePath, sources, main.Find("global", "include")?.Location ?? sources.Path, problems);
        environment = ReadEnvironment(sources, directory, problems, main, include);

        var isWiring = Path.GetFileName(includePath) == WiringFile;
        var layers = new SettingsLayers([commandLine, environment, main, include])
        {
            Main = main,
            Audited = isWiring ? [main, environment] : [main, include, environment],
        };
        string Value(string section, string key, string fallback) => NotEmpty(layers.Find(section, key)) ?? fallback;
        layers._substitution = new Substitution(
            libDirectory,
            Value("global", "rundir", Value("runner", "rundir", "run")),
            Value("global", "ipc_prefix", "pushpin-"),
            int.TryParse(Value("global", "port_offset", "0"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset) ? offset : 0);
        return layers;
    }

    public SettingEntry? Find(string section, string key)
    {
        foreach (var layer in _layers)
        {
            if (layer.Find(section, key) is { } entry)
                return entry;
        }

        return null;
    }

    public string? LocationOf(string section) =>
        _layers.SelectMany(layer => layer.Sections).Where(header => header.Name == section).Select(header => header.Location).FirstOrDefault();

    public IniValue Substitute(IniValue value) => new([.. value.Parts.Select(_substitution.Apply)]);

    private static string? NotEmpty(SettingEntry? entry) => entry?.Value.Text is { Length: > 0 } text ? text : null;

    private static SettingsLayer FromCommandLine(SettingsSources sources)
    {
        var layer = new SettingsLayer();
        if (sources.InstanceId is { } id)
        {
            layer.Add(new SettingEntry("global", "ipc_prefix", IniValue.Plain($"p{id}-"), "--id", "."));
            layer.Add(new SettingEntry("global", "port_offset", IniValue.Plain($"{(long)id * 10}"), "--id", "."));
        }

        foreach (var value in sources.Overrides)
            layer.Add(new SettingEntry(value.Section, value.Key, IniValue.Plain(value.Value), value.Option, "."));
        return layer;
    }

    private static string IncludePath(string include, string libDirectory, string directory) =>
        include.Length == 0 ? ""
        : include == WiringFile ? Path.Combine(libDirectory, WiringFile)
        : Path.Combine(directory, include.Replace("{libdir}", libDirectory, StringComparison.Ordinal));

    private static SettingsLayer ReadEnvironment(
        SettingsSources sources, string directory, ICollection<ConfigProblem> problems, params IEnumerable<SettingsLayer> files) =>
        EnvironmentLayer.Read(
            sources.Environment, [.. files.SelectMany(file => file.Sections).Select(section => section.Name)], directory, problems);

    private static SettingsLayer ReadInclude(string path, SettingsSources sources, string location, ICollection<ConfigProblem> problems)
    {
        if (path.Length == 0)
            return new SettingsLayer();
        if (sources.ReadFile(path) is { } text)
            return SettingsLayer.FromFile(text, path, problems);
        if (Path.GetFileName(path) != WiringFile)
            problems.Add(new ConfigProblem(ConfigSeverity.Warning, location, $"the include file {path} is missing or cannot be read"));
        return new SettingsLayer();
    }
}
