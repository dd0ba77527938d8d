using System.Globalization;

namespace GripProxy.Protocol.Configuration;

/// <summary>
/// What the user wrote, seen as typed values: the file, its <c>include</c>, environment and command line in one, the later overriding the
/// earlier (CFG-01…05, own-config.md). Every getter notes that its key is known and gathers an error with file and line when the value does
/// not fit, giving back the default; nothing throws. Owned by the thread that starts or reloads.
/// </summary>
/// <example>
/// An options class of a feature reads itself:
/// <code>public static SequencerOptions Read(Settings settings) =&gt; new() { Wait = TimeSpan.FromMilliseconds(settings.Int("handler", "message_wait", 5000, min: 0)) };</code>
/// </example>
public sealed class Settings
{
    private readonly List<ConfigProblem> _problems = [];
    private readonly HashSet<(string Section, string Key)> _read = [];
    private readonly SettingsLayers _layers;
    private readonly Func<string, string?> _readFile;

    /// <summary>Reads the sources. What is wrong with them is found in <see cref="Problems"/>.</summary>
    public Settings(SettingsSources sources)
    {
        _readFile = sources.ReadFile;
        Path = sources.Path;
        _layers = SettingsLayers.Read(sources, _problems);
        PortOffset = Int("global", "port_offset", 0, -65535, 65535);
    }

    /// <summary>Path of the main file, as given.</summary>
    public string Path { get; }

    /// <summary>
    /// What is added to the control port (CFG-10, OBS-05); <c>tcp://</c> values have it already (CFG-04). Client and metrics ports are not moved.
    /// </summary>
    public int PortOffset { get; }

    /// <summary>Everything found so far, in the order found.</summary>
    public IReadOnlyList<ConfigProblem> Problems => _problems;

    /// <summary>Reads one text without environment, command line or other files.</summary>
    public static Settings Parse(string text, string path = "gripproxy.conf") => new(new SettingsSources { Text = text, Path = path });

    /// <summary>
    /// Folder of the file that has the key, against which its relative paths resolve (HTTP-03, own-config.md): the main file's where the key is
    /// absent or comes from the environment, the working directory (<c>.</c>) where it comes from the command line.
    /// </summary>
    public string DirectoryOf(string section, string key) => Find(section, key)?.Directory ?? SettingsLayer.DirectoryOf(Path);

    /// <summary>True if the key stands anywhere, even with an empty value.</summary>
    public bool Has(string section, string key) => Find(section, key) is not null;

    /// <summary>The value as text, after substitution (CFG-04), or <paramref name="fallback"/> if the key is absent.</summary>
    public string Text(string section, string key, string fallback = "") =>
        Find(section, key) is { } entry ? Resolve(entry).Text : fallback;

    /// <summary>A whole number between <paramref name="min"/> and <paramref name="max"/>. An empty value is an absent one.</summary>
    public int Int(string section, string key, int fallback, int min = int.MinValue, int max = int.MaxValue)
    {
        var text = Text(section, key).Trim();
        if (text.Length == 0)
            return fallback;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;

        Report(ConfigSeverity.Error, section, key, $"[{section}] {key} is '{text}': expected a whole number{Range(min, max)}");
        return fallback;
    }

    /// <summary><c>true</c>/<c>false</c>, also <c>1</c>/<c>0</c>, <c>yes</c>/<c>no</c>, in any letter case. An empty value is an absent one.</summary>
    public bool Bool(string section, string key, bool fallback)
    {
        var text = Text(section, key).Trim();
        switch (text.ToLowerInvariant())
        {
            case "":
                return fallback;
            case "true" or "1" or "yes":
                return true;
            case "false" or "0" or "no":
                return false;
            default:
                Report(ConfigSeverity.Error, section, key, $"[{section}] {key} is '{text}': expected true or false");
                return fallback;
        }
    }

    /// <summary>A comma list; empty elements are dropped (CFG-02). An absent key is an empty list.</summary>
    public IReadOnlyList<string> List(string section, string key) => Find(section, key) is { } entry ? Resolve(entry).Elements : [];

    /// <summary>
    /// A value that may be <c>file:&lt;path&gt;</c> (own-config.md, Secrets): then the trimmed content of the file. Null if absent, or if the
    /// file is missing, which is an error.
    /// </summary>
    public string? Secret(string section, string key)
    {
        if (Find(section, key) is not { } entry)
            return null;

        const string FilePrefix = "file:";
        var text = Resolve(entry).Text;
        if (!text.StartsWith(FilePrefix, StringComparison.Ordinal))
            return text;

        var path = System.IO.Path.Combine(entry.Directory, text[FilePrefix.Length..].Trim());
        if (_readFile(path) is { } content)
            return content.Trim();

        Report(ConfigSeverity.Error, section, key, $"[{section}] {key} names the file {path}, which is missing or cannot be read");
        return null;
    }

    /// <summary>All that was written and is in force, section by section, with secrets hidden.</summary>
    public IReadOnlyList<SettingView> Describe() => [.. _layers.InForce.Select(entry => SettingMask.Apply(entry, Resolve(entry).Text))];

    /// <summary>The names of sections <c>[kind:NAME]</c>, in file order, case kept.</summary>
    public IReadOnlyList<string> Names(string kind) =>
    [
        .. _layers.SectionNames
            .Where(section => section.Length > kind.Length + 1
                && section[kind.Length] == ':'
                && section.StartsWith(kind, StringComparison.Ordinal))
            .Select(section => section[(kind.Length + 1)..]),
    ];

    /// <summary>Notes a problem with a key, located where the key stands, else where its section begins, else in the main file.</summary>
    public void Report(ConfigSeverity severity, string section, string key, string text)
    {
        var location = Find(section, key)?.Location ?? _layers.LocationOf(section) ?? Path;
        Add(new ConfigProblem(severity, location, text));
    }

    /// <summary>
    /// Adds what can only be said when every option was read: unknown sections and keys, and keys whose feature comes later or that have no use
    /// here. Call it once, last.
    /// </summary>
    /// <param name="check">True for the command <c>check</c>, where an unknown key in a section of GripProxy's own is an error.</param>
    public void Complete(bool check)
    {
        foreach (var problem in new SettingsAudit(_read, check).Run(_layers))
            Add(problem);
    }

    private static string Range(int min, int max) => (min, max) switch
    {
        (int.MinValue, int.MaxValue) => "",
        (_, int.MaxValue) => $" of {min} or more",
        (int.MinValue, _) => $" of {max} or less",
        _ => $" from {min} to {max}",
    };

    private SettingEntry? Find(string section, string key)
    {
        _read.Add((section, key));
        return _layers.Find(section, key);
    }

    private IniValue Resolve(SettingEntry entry) => _layers.Substitute(entry.Value);

    private void Add(ConfigProblem problem)
    {
        if (!_problems.Contains(problem))
            _problems.Add(problem);
    }
}
