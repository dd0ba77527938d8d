using System.Text.RegularExpressions;

namespace GripProxy.Architecture.Tests;

/// <summary>What every test class keeps, so that a test leaves nothing behind.</summary>
public sealed partial class TestClassTests
{
    [Fact]
    public void TestClasses_ThatEndAsynchronously_AreIAsyncLifetime()
    {
        // This version of xunit never calls DisposeAsync of a test class that is only IAsyncDisposable.
        IEnumerable<string> never =
            from file in Repository.Files("tests", "*.cs")
            from Match match in AsyncDisposable().Matches(File.ReadAllText(file))
            select $"{Repository.Relative(file)}: {match.Groups["name"].Value}";

        NoFindings.In(never, "Test classes that are never disposed");
    }

    [GeneratedRegex(@"class (?<name>\w+Tests)\b[^{;]*\bIAsyncDisposable\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AsyncDisposable();
}
