using System.Text;

namespace GripProxy.Protocol.Configuration;

/// <summary>
/// An INI file in Pushpin's dialect (CFG-02, OBS-03, own-config.md "Reading the file"): <c>#</c> and <c>;</c> lines are comments, <c>;</c> ends
/// an unquoted value, a backslash escapes, names keep their case, equal sections are one. Immutable.
/// </summary>
internal sealed class IniDocument
{
    private IniDocument(IReadOnlyList<IniSection> sections, IReadOnlyList<IniEntry> entries) => (Sections, Entries) = (sections, entries);

    /// <summary>Section headers in file order; one that is repeated stands here once for each time.</summary>
    public IReadOnlyList<IniSection> Sections { get; }

    /// <summary>Entries in file order; of two with the same section and key the last counts.</summary>
    public IReadOnlyList<IniEntry> Entries { get; }

    /// <summary>Reads a file's text. Lines that fit nowhere become warnings at <c>fileName:line</c>; the rest is still read.</summary>
    public static IniDocument Parse(string text, string fileName, ICollection<ConfigProblem> problems)
    {
        var sections = new List<IniSection>();
        var entries = new List<IniEntry>();
        var section = "";
        foreach (var (number, line) in LogicalLines(text))
        {
            void Warn(string what) => problems.Add(new ConfigProblem(ConfigSeverity.Warning, $"{fileName}:{number}", what));

            if (line.Length == 0 || line[0] is '#' or ';')
                continue;

            if (line[0] == '[')
            {
                section = ReadSectionName(line, Warn);
                sections.Add(new IniSection(section, number));
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? "" : line[..equals].Trim();
            if (key.Length == 0)
            {
                Warn("this line is skipped: expected key=value, [section] or a comment");
                continue;
            }

            if (section.Length == 0)
                Warn($"'{key}' stands before the first [section] and is not used");
            entries.Add(new IniEntry(section, key, IniValueReader.Read(line.AsSpan(equals + 1), Warn), number));
        }

        return new IniDocument(sections, entries);
    }

    private static string ReadSectionName(string line, Action<string> warn)
    {
        var end = line.IndexOf(']', StringComparison.Ordinal);
        if (end < 0)
            warn("']' is missing at the end of the section name");
        else if (line[(end + 1)..].Trim() is { Length: > 0 } rest && rest[0] is not ('#' or ';'))
            warn("text after the section name is not used");
        return (end < 0 ? line[1..] : line[1..end]).Trim();
    }

    /// <summary>Trimmed lines with their numbers; a line that ends in an odd number of backslashes goes on in the next one.</summary>
    private static IEnumerable<(int Number, string Line)> LogicalLines(string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var number = i + 1;
            var line = lines[i].Trim();
            if (line.Length > 0 && line[0] is not ('#' or ';' or '[') && Continues(line) && i + 1 < lines.Length)
            {
                var joined = new StringBuilder(line);
                while (Continues(joined) && i + 1 < lines.Length)
                {
                    joined.Length--;
                    joined.Append(lines[++i].Trim());
                }

                line = joined.ToString();
            }

            yield return (number, line);
        }
    }

    private static bool Continues(string line) => (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;

    private static bool Continues(StringBuilder line) => Continues(line.ToString());
}
