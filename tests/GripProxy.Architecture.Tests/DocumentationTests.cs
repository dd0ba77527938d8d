using System.Text.RegularExpressions;

namespace GripProxy.Architecture.Tests;

/// <summary>Pages lead somewhere, and every page of <c>docs</c> is found from the first one.</summary>
public sealed partial class DocumentationTests
{
    private const string Index = "docs/README.md";

    [Fact]
    public void Links_BetweenPages_LeadToAPageAndAHeading()
    {
        IEnumerable<string> dead =
            from page in Pages()
            from link in LinksOf(page)
            where !Leads(page, link)
            select $"{page}: {link}";

        NoFindings.In(dead, "Links that lead nowhere");
    }

    [Fact]
    public void Pages_OfTheDocs_AreAllInTheIndex()
    {
        HashSet<string> named = [.. LinksOf(Index).Select(link => "docs/" + link.Split('#')[0])];

        NoFindings.In(Pages().Where(page => page.StartsWith("docs/", StringComparison.Ordinal) && page != Index && !named.Contains(page)), $"Pages that {Index} does not name");
    }

    [Fact]
    public void Readme_SendsReadersToTheIndex() => Assert.Contains("docs/README.md", LinksOf("README.md"));

    [Fact]
    public void Troubleshooting_QuotesTextsThatTheProgramPrints()
    {
        // Literals that are put together from parts stand in the source with this between them.
        string source = string.Concat(Repository.Sources().Select(file => BetweenParts().Replace(File.ReadAllText(file), "").Replace("\\\"", "\"", StringComparison.Ordinal)));
        IEnumerable<string> quoted = Fenced().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/troubleshooting.md")))
            .SelectMany(block => block.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        NoFindings.In(quoted.Where(line => !Printed(line).IsMatch(source)), "Texts that no line of the source prints");
    }

    // What differs is a hole of the text in the source; several may stand together.
    private static Regex Printed(string line) =>
        new(string.Join(@"\{[^""\n]*?\}", line.TrimEnd('…').Split('…').Select(Regex.Escape)), RegexOptions.None, TimeSpan.FromSeconds(10));

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(new[] { "docs", "conf", "src", "proxy", "origin-sample", "monitor-sample", "tests" }.SelectMany(folder => Repository.Files(folder, "*.md")))
            .Select(Repository.Relative);

    /// <summary>Links to other places of the tree; what is code or leads elsewhere is left out.</summary>
    private static IEnumerable<string> LinksOf(string page) =>
        Link().Matches(Code().Replace(File.ReadAllText(Path.Combine(Repository.Root, page)), ""))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static bool Leads(string page, string link)
    {
        string[] parts = link.Split('#', 2);
        string folder = Path.GetDirectoryName(page)!; // a relative path of a file
        string target = parts[0].Length == 0 ? Path.Combine(Repository.Root, page) : Path.GetFullPath(Path.Combine(Repository.Root, folder, parts[0]));
        if (!File.Exists(target))
        {
            return Directory.Exists(target) && parts.Length == 1;
        }

        return parts.Length == 1 || HeadingsOf(target).Contains(parts[1], StringComparer.Ordinal);
    }

    // As those who show Markdown name headings: lower case, words joined by hyphens, nothing else kept.
    private static IEnumerable<string> HeadingsOf(string file) =>
        Heading().Matches(Block().Replace(File.ReadAllText(file), ""))
            .Select(match => NotInAnchors().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"""\s*\+\s*\$?""", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex BetweenParts();

    [GeneratedRegex(@"^```\n(?<text>[\s\S]*?)^```", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^\s*```[\s\S]*?^\s*```|`[^`\n]+`", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^\s*```[\s\S]*?^\s*```", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^#+ +(?<text>.+)$", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex NotInAnchors();
}
