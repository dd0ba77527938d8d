namespace GripProxy.Protocol.Configuration;

/// <summary>
/// Reads <c>GRIPPROXY__SECTION__KEY</c> and <c>GRIPPROXY__KIND__NAME__KEY</c> variables (own-config.md, Environment). A NAME addresses the
/// section of the file that reads so in upper case with <c>_</c> for other characters, else a new one in lower case.
/// </summary>
internal static class EnvironmentLayer
{
    private const string Prefix = "GRIPPROXY__";
    private const string Separator = "__";

    public static SettingsLayer Read(
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> fileSections,
        string directory,
        ICollection<ConfigProblem> problems)
    {
        var layer = new SettingsLayer();
        foreach (var (variable, value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.Ordinal))
                continue;

            var path = variable[Prefix.Length..];
            var section = FindSection(path, fileSections);
            if (section is null)
            {
                problems.Add(new ConfigProblem(ConfigSeverity.Warning, variable, Refusal(path)));
                continue;
            }

            var key = path[(path.LastIndexOf(Separator, StringComparison.Ordinal) + Separator.Length)..];
            layer.Sections.Add((section, variable));
            layer.Add(new SettingEntry(section, key.ToLowerInvariant(), IniValue.Plain(value), variable, directory));
        }

        return layer;
    }

    private static string? FindSection(string path, IReadOnlyList<string> fileSections)
    {
        var first = path.IndexOf(Separator, StringComparison.Ordinal);
        var last = path.LastIndexOf(Separator, StringComparison.Ordinal);
        if (first <= 0 || last + Separator.Length == path.Length)
            return null;

        var kind = path[..first].ToLowerInvariant();
        if (last < first + Separator.Length)
            return kind;
        if (kind is not ("issuer" or "bearer" or "basic"))
            return null;

        var wanted = path[(first + Separator.Length)..last];
        return fileSections.FirstOrDefault(
            section => section.StartsWith(kind + ":", StringComparison.Ordinal) && AsVariable(section[(kind.Length + 1)..]) == wanted)
            ?? $"{kind}:{wanted.ToLowerInvariant()}";
    }

    private static string AsVariable(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));

    private static string Refusal(string path) =>
        path.StartsWith("CHANNEL" + Separator, StringComparison.Ordinal)
            ? "a [channel:PATTERN] section cannot be set by the environment, this is not used; write it into the file"
            : "this is not used: expected GRIPPROXY__SECTION__KEY, or GRIPPROXY__ISSUER__NAME__KEY (also BEARER, BASIC)";
}
