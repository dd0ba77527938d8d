using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy.Tests;

public sealed class ProxyOptionsTests
{
    [Theory]
    [InlineData("changeme", 1)]
    [InlineData("a secret of one's own", 0)]
    public void Read_SignatureKeyOfEverybody_IsWarnedAbout(string key, int warnings)
    {
        var settings = Settings.Parse($"[runner]\nhttp_port=7999\n[proxy]\nsig_key={key}\n");

        ProxyOptions.Read(settings, []);

        var found = settings.Problems.Where(problem => problem.Text.Contains("changeme", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Repeat(ConfigSeverity.Warning, warnings), found.Select(problem => problem.Severity));
    }
}
