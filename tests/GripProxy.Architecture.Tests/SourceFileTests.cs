using System.Text.RegularExpressions;

namespace GripProxy.Architecture.Tests;

/// <summary>What a reader may expect of every source file of the product.</summary>
public sealed partial class SourceFileTests
{
    private const int LongestFile = 500;
    private const int LongFile = 250;

    // One in so many may be long: connections that exist by the ten thousands are one object each.
    private const int FilesPerLongFile = 50;

    [Fact]
    public void Files_OfTheProduct_HaveAtMost500Lines()
    {
        IEnumerable<string> tooLong =
            from file in Repository.Sources()
            let lines = File.ReadLines(file).Count()
            where lines > LongestFile
            select $"{Repository.Relative(file)}: {lines} lines";

        NoFindings.In(tooLong, $"Longer than {LongestFile} lines");
    }

    [Fact]
    public void Files_OfTheProduct_NearlyAllHaveAtMost250Lines()
    {
        string[] all = [.. Repository.Sources()];
        (string File, int Lines)[] tooLong = [.. all.Select(file => (Repository.Relative(file), File.ReadLines(file).Count())).Where(file => file.Item2 > LongFile)];

        Assert.True(
            tooLong.Length * FilesPerLongFile <= all.Length,
            $"{tooLong.Length} of {all.Length} files have more than {LongFile} lines; split one:\n{string.Join('\n', tooLong.OrderByDescending(file => file.Lines))}");
    }

    [Fact]
    public void Files_OfTheLibraries_HoldOnePublicTypeNamedAsTheFile()
    {
        List<string> wrong = [];
        foreach (string file in Repository.Files("src", "*.cs"))
        {
            // A generic twin (Result and Result<T>) counts as one name; X.Log.cs holds a part of X.
            string[] types =
                [.. PublicType().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal)];
            string expected = Path.GetFileName(file).Split('.')[0];
            if (types.Length > 1 || (types.Length == 1 && types[0] != expected))
            {
                wrong.Add($"{Repository.Relative(file)}: {string.Join(", ", types)}");
            }
        }

        NoFindings.In(wrong, "Not as file or folder say");
    }

    [Fact]
    public void Namespaces_OfTheLibraries_AreTheirFolders()
    {
        List<string> wrong = [];
        foreach (string file in Repository.Files("src", "*.cs"))
        {
            Match match = FileNamespace().Match(File.ReadAllText(file));
            string folder = Path.GetDirectoryName(Repository.Relative(file)["src/".Length..])!.Replace('/', '.'); // a file always has a folder
            if (match.Success && match.Groups["name"].Value != folder)
            {
                wrong.Add($"{Repository.Relative(file)}: {match.Groups["name"].Value}");
            }
        }

        NoFindings.In(wrong, "Not as file or folder say");
    }

    [Theory]
    [InlineData("Yarp", "src/GripProxy.Forwarding/Http/")]
    [InlineData("Microsoft.IdentityModel", "src/GripProxy.Security/")]
    [InlineData("System.IdentityModel", "src/GripProxy.Security/")]
    [InlineData("System.CommandLine", "proxy/")]
    [InlineData("StackExchange.Redis", "src/GripProxy.Redis/Client/")]
    [InlineData("Microsoft.Data.Sqlite", "src/GripProxy.Plugins/")]
    [InlineData("SQLitePCL", "src/GripProxy.Plugins/")]
    public void ThirdPartyTypes_OutsideTheirFolder_AreNotUsed(string namespaceName, string home)
    {
        Regex use = new($@"(using\s+(static\s+)?|\bglobal::|[(<,\s]){Regex.Escape(namespaceName)}(\.|;)", RegexOptions.None, TimeSpan.FromSeconds(5));
        IEnumerable<string> leaks = Repository.Sources().Select(Repository.Relative)
            .Where(file => !file.StartsWith(home, StringComparison.Ordinal))
            .Where(file => File.ReadLines(Path.Combine(Repository.Root, file)).Any(line => !IsComment(line) && use.IsMatch(line)));

        NoFindings.In(leaks, $"{namespaceName} belongs to {home} only");
    }

    [Fact]
    public void Suppressions_OfARule_GiveTheReasonOnTheSameLine()
    {
        IEnumerable<string> bare =
            from file in Repository.Sources().Concat(Repository.Files("tests", "*.cs"))
            from line in File.ReadLines(file)
            where Suppression().IsMatch(line)
            select $"{Repository.Relative(file)}: {line.Trim()}";

        NoFindings.In(bare, "Suppressions without a reason");
    }

    private static bool IsComment(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    // A pragma without a comment, or the attribute without its justification.
    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable(?!.*//\s*\w)|^\s*\[.*SuppressMessage\((?!.*Justification)",
        RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Suppression();

    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:record\s+struct|record\s+class|class|record|struct|interface|enum|delegate\s+[\w<>?,\s\[\]]+?)\s+(?<name>\w+)",
        RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+);", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FileNamespace();
}
