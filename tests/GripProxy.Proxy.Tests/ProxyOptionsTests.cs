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

    [Theory]
    [InlineData("[plugins]\nenabled=true\nrole=loadgen\n[handler]\npush_in_http_port=5561\n", true, "")]
    [InlineData("[plugins]\nenabled=true\n", false, "")]
    [InlineData("[plugins]\nrole=gameday\n", false, "[plugins] role is 'gameday': expected all or loadgen")]
    [InlineData("[plugins]\nrole=loadgen\n", true, "[plugins] role is loadgen, but there is no control port, by which it is told what to do: set [handler] push_in_http_port")]
    public void Read_Role_DecidesWhetherANodeOnlyMakesLoad(string lines, bool onlyLoads, string problem)
    {
        var settings = Settings.Parse("[runner]\nhttp_port=7999\n[proxy]\nsig_key=a secret of one's own\n" + lines);

        var options = ProxyOptions.Read(settings, []);

        Assert.Equal(onlyLoads, options.LoadGenerator is not null);
        // It runs no plugins, whatever else is enabled.
        Assert.True(!onlyLoads || options.Plugins is null);
        Assert.Equal(problem, string.Join("; ", settings.Problems.Where(static one => one.Severity == ConfigSeverity.Error).Select(static one => one.Text)));
    }
}
