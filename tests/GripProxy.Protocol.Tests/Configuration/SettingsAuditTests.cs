using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class SettingsAuditTests
{
    [Theory]
    [InlineData("[proxy]\nno_such=1", ConfigSeverity.Warning, "c:2: unknown key 'no_such' in [proxy] is not used")]
    [InlineData("[proxy]\nsig_kye=1", ConfigSeverity.Warning, "c:2: unknown key 'sig_kye' in [proxy] is not used; did you mean 'sig_key'?")]
    [InlineData("[proxy]\nDebug=1", ConfigSeverity.Warning, "c:2: unknown key 'Debug' in [proxy] is not used; did you mean 'debug'?")]
    [InlineData("[proxy]\nhttp_port=1", ConfigSeverity.Warning, "c:2: unknown key 'http_port' in [proxy] is not used; it belongs into [runner]")]
    [InlineData("[control]\naudiense=x", ConfigSeverity.Error, "c:2: unknown key 'audiense' in [control] is not used; did you mean 'audience'?")]
    [InlineData("[issuer:a]\npassword=x", ConfigSeverity.Error, "c:2: unknown key 'password' in [issuer:a] is not used; it belongs into [basic:NAME]")]
    [InlineData("[weird]\na=1\nb=2", ConfigSeverity.Warning, "c:1: unknown section [weird] is not used")]
    [InlineData("[handlers]\na=1", ConfigSeverity.Warning, "c:1: unknown section [handlers] is not used; did you mean 'handler'?")]
    [InlineData("[issuer]\nkey=1", ConfigSeverity.Warning, "c:1: [issuer] is not used: expected a name, [issuer:NAME]")]
    [InlineData("[issuer:]\nkey=1", ConfigSeverity.Warning, "c:1: [issuer:] is not used: expected a name, [issuer:NAME]")]
    [InlineData("[proxy:x]\ndebug=1", ConfigSeverity.Warning, "c:1: unknown section [proxy:x] is not used; did you mean 'proxy'?")]
    [InlineData("[runner]\nlogdir=log", ConfigSeverity.Note, "c:2: [runner] logdir is accepted but unused: one log")]
    [InlineData("[proxy]\nhandler_accept_spec=x", ConfigSeverity.Note, "c:2: [proxy] handler_accept_spec is accepted but unused: there are no internal sockets")]
    public void Complete_ForCheck_SaysWhatIsNotUsed(string text, ConfigSeverity severity, string expected)
    {
        var settings = Settings.Parse(text, "c");

        settings.Complete(check: true);

        var problem = Assert.Single(settings.Problems);
        Assert.Equal((severity, expected), (problem.Severity, problem.ToString()));
    }

    [Theory]
    [InlineData("[control]\naudiense=x")]
    [InlineData("[proxy]\nno_such=1")]
    public void Complete_AtStart_UnknownKeyIsAWarning(string text)
    {
        var settings = Settings.Parse(text);

        settings.Complete(check: false);

        Assert.Equal(ConfigSeverity.Warning, Assert.Single(settings.Problems).Severity);
    }

    [Fact]
    public void Complete_KeyThatAnOptionRead_IsKnown()
    {
        var settings = Settings.Parse("[proxy]\nfresh=1");

        settings.Int("proxy", "fresh", 0);
        settings.Complete(check: true);

        Assert.Empty(settings.Problems);
    }

    [Fact]
    public void Complete_UsedKeys_NeedNoRemark()
    {
        var settings = Settings.Parse("[global]\ninclude={libdir}/internal.conf\n[runner]\nhttp_port=7999\n[issuer:a]\nkey=k\n[channel:a:b]\noverflow=close");

        settings.Complete(check: true);

        Assert.Empty(settings.Problems);
    }

    [Fact]
    public void Complete_UnknownVariable_IsLocatedByItsName()
    {
        var settings = new Settings(new SettingsSources { Environment = new Dictionary<string, string> { ["GRIPPROXY__PROXY__SIGKEY"] = "x" } });

        settings.Complete(check: false);

        Assert.Equal(
            "GRIPPROXY__PROXY__SIGKEY: unknown key 'sigkey' in [proxy] is not used; did you mean 'sig_key'?",
            Assert.Single(settings.Problems).ToString());
    }

    [Fact]
    public void Complete_Values_AreNeverShown()
    {
        var settings = Settings.Parse("[bearer:a]\ntokn=hunter2\n[weird]\nkey=hunter2");

        settings.Complete(check: true);

        Assert.DoesNotContain(settings.Problems, problem => problem.Text.Contains("hunter2", StringComparison.Ordinal));
    }
}
