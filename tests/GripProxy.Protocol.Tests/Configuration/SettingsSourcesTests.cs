using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class SettingsSourcesTests
{
    [Fact]
    public void Text_InSeveralSources_CommandLineBeatsEnvironmentBeatsFileBeatsInclude()
    {
        var settings = Read(
            "[global]\ninclude=more.conf\n[proxy]\na=file\nb=file\nc=file",
            files: new() { ["/etc/g/more.conf"] = "[proxy]\na=include\nb=include\nc=include\nd=include" },
            environment: new() { ["GRIPPROXY__PROXY__A"] = "env", ["GRIPPROXY__PROXY__B"] = "env" },
            overrides: [new SettingOverride("proxy", "a", "flag", "--a")]);

        Assert.Equal(
            ["flag", "env", "file", "include"],
            new[] { "a", "b", "c", "d" }.Select(key => settings.Text("proxy", key)));
        Assert.Equal([".", "/etc/g", "/etc/g", "/etc/g"], new[] { "a", "b", "c", "d" }.Select(key => settings.DirectoryOf("proxy", key)));
    }

    [Fact]
    public void Include_InAnotherFolder_GivesItsOwnFolderForRelativePaths()
    {
        var settings = Read("[global]\ninclude=sub/more.conf", files: new() { ["/etc/g/sub/more.conf"] = "[proxy]\nsig_key=file:k" });

        Assert.Equal("/etc/g/sub", settings.DirectoryOf("proxy", "sig_key"));
    }

    [Theory]
    [InlineData("internal.conf")]
    [InlineData("{libdir}/internal.conf")]
    public void Include_MissingInternalConf_IsFine(string include)
    {
        Assert.Empty(Read("[global]\ninclude=" + include).Problems);
    }

    [Theory]
    [InlineData("internal.conf")]
    [InlineData("{libdir}/internal.conf")]
    public void Include_InternalConf_IsReadFromLibDirWithoutRemarks(string include)
    {
        var settings = Read(
            "[global]\nlibdir=/usr/lib/pushpin\ninclude=" + include,
            files: new() { ["/usr/lib/pushpin/internal.conf"] = "[handler]\nsome_new_thing=1\nx=2" });
        settings.Complete(check: true);

        Assert.Equal("2", settings.Text("handler", "x"));
        Assert.Empty(settings.Problems);
    }

    [Fact]
    public void Include_OtherMissingFile_IsAWarning()
    {
        var problem = Assert.Single(Read("[global]\ninclude=more.conf").Problems);

        Assert.Equal(ConfigSeverity.Warning, problem.Severity);
        Assert.Equal("/etc/g/g.conf:2: the include file /etc/g/more.conf is missing or cannot be read", problem.ToString());
    }

    [Fact]
    public void Text_Variables_AreSubstituted()
    {
        var settings = Read("[global]\nlibdir=/lib\nrundir=/run/g\nipc_prefix=x-\n[s]\nk={libdir},{rundir}/{ipc_prefix}stats,{other}");

        Assert.Equal("/lib,/run/g/x-stats,{other}", settings.Text("s", "k"));
        Assert.Equal(["/lib", "/run/g/x-stats", "{other}"], settings.List("s", "k"));
    }

    [Fact]
    public void Text_VariablesAbsentOrEmpty_HaveDefaults()
    {
        Assert.Equal("/etc/g run pushpin-", Read("[s]\nk={libdir} {rundir} {ipc_prefix}").Text("s", "k"));
        Assert.Equal("/etc/g run", Read("[global]\nlibdir=\nrundir=\n[s]\nk={libdir} {rundir}").Text("s", "k"));
        Assert.Equal("old", Read("[runner]\nrundir=old\n[s]\nk={rundir}").Text("s", "k"));
    }

    [Fact]
    public void Text_TcpSpecs_AreShiftedByThePortOffset()
    {
        var settings = Read("[global]\nport_offset=100\n[s]\nk=tcp://127.0.0.1:5560, tcp://[::1]:5562,127.0.0.1:80,ipc://a:1");

        Assert.Equal(["tcp://127.0.0.1:5660", "tcp://[::1]:5662", "127.0.0.1:80", "ipc://a:1"], settings.List("s", "k"));
    }

    [Fact]
    public void InstanceId_Given_SetsIpcPrefixAndPortOffset()
    {
        var settings = new Settings(new SettingsSources { Text = "[global]\nport_offset=1\nipc_prefix=a\n[s]\nk=tcp://*:5560,{ipc_prefix}", InstanceId = 3 });

        Assert.Equal("tcp://*:5590,p3-", settings.Text("s", "k"));
        Assert.Equal(30, settings.PortOffset);
        Assert.Equal("p3-", settings.Text("global", "ipc_prefix"));
    }

    [Theory]
    [InlineData("GRIPPROXY__ISSUER__A__KEY", "issuer:a")]
    [InlineData("GRIPPROXY__ISSUER__MY_REALM_1__KEY", "issuer:My.Realm-1")]
    [InlineData("GRIPPROXY__ISSUER__X__Y__KEY", "issuer:x::y")]
    [InlineData("GRIPPROXY__BASIC__NEW__KEY", "basic:new")]
    [InlineData("GRIPPROXY__CONTROL__KEY", "control")]
    public void Environment_Name_AddressesTheSectionThatReadsSo(string variable, string section)
    {
        var settings = Read("[issuer:a]\n[issuer:My.Realm-1]\n[issuer:x::y]", environment: new() { [variable] = "v" });

        Assert.Equal("v", settings.Text(section, "key"));
        Assert.Empty(settings.Problems);
    }

    [Fact]
    public void Environment_NamedInclude_IsReadAndItsSectionsAreAddressed()
    {
        var settings = Read(
            "",
            files: new() { ["/etc/g/more.conf"] = "[issuer:My.Realm]" },
            environment: new() { ["GRIPPROXY__GLOBAL__INCLUDE"] = "more.conf", ["GRIPPROXY__ISSUER__MY_REALM__KEY"] = "v", ["GRIPPROXY__BAD"] = "" });

        Assert.Equal(["My.Realm"], settings.Names("issuer"));
        Assert.Equal("v", settings.Text("issuer:My.Realm", "key"));
        Assert.Single(settings.Problems);
    }

    [Fact]
    public void PortOffset_WrongValue_IsAnErrorAtOnce()
    {
        Assert.Equal(
            "/etc/g/g.conf:2: [global] port_offset is 'x': expected a whole number from -65535 to 65535",
            Assert.Single(Read("[global]\nport_offset=x").Problems).ToString());
    }

    [Fact]
    public void Environment_NewName_IsASectionAfterThoseOfTheFile()
    {
        var settings = Read("[issuer:a]", environment: new() { ["GRIPPROXY__ISSUER__NEW__KEY"] = "v" });

        Assert.Equal(["a", "new"], settings.Names("issuer"));
    }

    [Theory]
    [InlineData("GRIPPROXY__PORT")]
    [InlineData("GRIPPROXY____KEY")]
    [InlineData("GRIPPROXY__PROXY__")]
    [InlineData("GRIPPROXY__PROXY__A__B")]
    public void Environment_OtherShape_IsAWarning(string variable)
    {
        var problem = Assert.Single(Read("", environment: new() { [variable] = "v" }).Problems);

        Assert.Equal(
            variable + ": this is not used: expected GRIPPROXY__SECTION__KEY, or GRIPPROXY__ISSUER__NAME__KEY (also BEARER, BASIC)",
            problem.ToString());
    }

    [Fact]
    public void Environment_Channel_IsAWarning()
    {
        var settings = Read("[channel:x]", environment: new() { ["GRIPPROXY__CHANNEL__X__LOG_ITEMS"] = "1" });

        Assert.Contains("cannot be set by the environment", Assert.Single(settings.Problems).Text, StringComparison.Ordinal);
        Assert.False(settings.Has("channel:x", "log_items"));
    }

    [Fact]
    public void Environment_OtherVariables_AreNotLookedAt()
    {
        Assert.Empty(Read("", environment: new() { ["PATH"] = "x", ["gripproxy__proxy__debug"] = "1" }).Problems);
    }

    [Fact]
    public void Environment_WrongValue_IsReportedByTheNameOfTheVariable()
    {
        var settings = Read("[proxy]\ndebug=true", environment: new() { ["GRIPPROXY__PROXY__DEBUG"] = "x" });

        settings.Bool("proxy", "debug", false);

        Assert.Equal("GRIPPROXY__PROXY__DEBUG: [proxy] debug is 'x': expected true or false", Assert.Single(settings.Problems).ToString());
    }

    private static Settings Read(
        string text,
        Dictionary<string, string>? files = null,
        Dictionary<string, string>? environment = null,
        IReadOnlyList<SettingOverride>? overrides = null) => new(new SettingsSources
        {
            Path = "/etc/g/g.conf",
            Text = text,
            ReadFile = path => files?.GetValueOrDefault(path),
            Environment = environment ?? [],
            Overrides = overrides ?? [],
        });
}
