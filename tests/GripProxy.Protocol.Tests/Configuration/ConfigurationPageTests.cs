using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class ConfigurationPageTests
{
    /// <summary>Set, to anything, it makes the test write the page instead of comparing it.</summary>
    private const string Write = "GRIPPROXY_WRITE_PAGES";

    private static readonly string Root = ShippedConfigurationTests.FindRoot();
    private static readonly string Page = Path.Combine(Root, "docs", "configuration.md");

    private readonly string _made = ConfigurationPage.Of(File.ReadAllText(Path.Combine(Root, "conf", "gripproxy.conf")));

    [Fact]
    public void Page_OfTheDocs_IsWhatTheKeysAndTheShippedFileSay()
    {
        if (Environment.GetEnvironmentVariable(Write) is not null)
            File.WriteAllText(Page, _made);

        Assert.True(File.ReadAllText(Page) == _made, $"docs/configuration.md is not what it would be now: run this test with {Write}=1 in the environment, and look at the change");
    }

    [Fact]
    public void Page_EachKey_HasALineOfItsOwn()
    {
        var keys = KnownKeys.All.Where(key => !key.Key.StartsWith('*')).Select(key => key.Key).Order(StringComparer.Ordinal);
        var rows = _made.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).Order(StringComparer.Ordinal);

        Assert.Equal(keys, rows);
    }

    [Fact]
    public void Page_KeysOfTheProgram_HaveAMeaning() =>
        Assert.All(
            _made.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)),
            line => Assert.DoesNotMatch(@"\|  \|$", line));
}
