using System.Text.RegularExpressions;

namespace GripProxy.Architecture.Tests;

/// <summary>docs/security.md names a test for each claim, and each of them is there.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    [Fact]
    public void Page_EveryTestItNames_Exists()
    {
        Dictionary<string, string> classes = Repository.Files("tests", "*Tests.cs")
            .GroupBy(static file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => string.Concat(group.Select(File.ReadAllText)), StringComparer.Ordinal);
        List<Match> named = NamedTest().Matches(s_page).ToList();
        IEnumerable<string> missing =
            from match in named
            let text = classes.GetValueOrDefault(match.Groups["class"].Value, "")
            where !Regex.IsMatch(text, $@"\b(Task|void)\s+{match.Groups["method"].Value}\(", RegexOptions.None, TimeSpan.FromSeconds(5))
            select match.Value;

        NoFindings.In(missing, "Tests that docs/security.md names and nobody has written");
        Assert.True(named.Count > 80, $"only {named.Count} tests are named");
    }

    [Fact]
    public void Page_EveryRowOfClaims_NamesATest()
    {
        string table = "";
        List<string> bare = [];
        foreach (string line in s_page.Split('\n'))
        {
            table = line.StartsWith('|') ? table.Length == 0 ? line : table : "";
            if (table.StartsWith("| claim", StringComparison.Ordinal) && line != table && !line.StartsWith("| ---", StringComparison.Ordinal) && !NamedTest().IsMatch(line))
            {
                bare.Add(line);
            }
        }

        NoFindings.In(bare, "Claims without a test");
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<method>\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedTest();
}
