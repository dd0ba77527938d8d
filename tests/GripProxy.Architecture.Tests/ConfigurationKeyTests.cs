using System.Text.RegularExpressions;

namespace GripProxy.Architecture.Tests;

/// <summary>What <c>gripproxy check</c> says about a key is what the code does with it.</summary>
public sealed partial class ConfigurationKeyTests
{
    private const string KeyFolder = "src/GripProxy.Protocol/Configuration/";

    [Fact]
    public void Keys_ThatComeLater_AreReadByNobody()
    {
        string code = string.Concat(Repository.Sources().Where(file => !IsTable(file)).Select(File.ReadAllText));
        IEnumerable<string> read =
            from file in Repository.Sources().Where(IsTable)
            from Match key in Later().Matches(File.ReadAllText(file))
            let section = Regex.Escape(key.Groups["section"].Value.TrimEnd(':'))
            where Regex.IsMatch(code, $"\"{section}\",\\s*\"{key.Groups["key"].Value}\"", RegexOptions.None, TimeSpan.FromSeconds(5))
            select $"[{key.Groups["section"].Value}] {key.Groups["key"].Value}";

        NoFindings.In(read, "Keys that are marked as later and read all the same");
    }

    private static bool IsTable(string file) =>
        Repository.Relative(file) is var name && name.StartsWith(KeyFolder, StringComparison.Ordinal) && name.EndsWith("Keys.cs", StringComparison.Ordinal);

    [GeneratedRegex(@"Later\(""(?<section>[^""]+)"", ""(?<key>[^""*]+)""", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Later();
}
