using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void Text_OfTwoEqualKeys_LastCounts()
    {
        Assert.Equal("b", Settings.Parse("[s]\nk=a\n[t]\n[s]\nk=b").Text("s", "k"));
    }

    [Fact]
    public void Text_KeyInOtherCase_IsAnotherKey()
    {
        Assert.Equal("none", Settings.Parse("[s]\nK=a").Text("s", "k", "none"));
    }

    [Fact]
    public void Has_EmptyValue_IsThere()
    {
        var settings = Settings.Parse("[s]\nk=");

        Assert.True(settings.Has("s", "k"));
        Assert.False(settings.Has("s", "other"));
        Assert.Equal("", settings.Text("s", "k", "fallback"));
    }

    [Theory]
    [InlineData("12", 12)]
    [InlineData(" -3 ", -3)]
    [InlineData("", 7)]
    public void Int_Number_IsRead(string value, int expected)
    {
        var settings = Settings.Parse("[s]\nk=" + value);

        Assert.Equal(expected, settings.Int("s", "k", 7));
        Assert.Empty(settings.Problems);
    }

    [Theory]
    [InlineData("abc", "c.conf:2: [s] k is 'abc': expected a whole number from 1 to 9")]
    [InlineData("1.5", "c.conf:2: [s] k is '1.5': expected a whole number from 1 to 9")]
    [InlineData("10", "c.conf:2: [s] k is '10': expected a whole number from 1 to 9")]
    [InlineData("99999999999", "c.conf:2: [s] k is '99999999999': expected a whole number from 1 to 9")]
    public void Int_OtherText_IsAnErrorWithTheLineAndGivesTheDefault(string value, string expected)
    {
        var settings = Settings.Parse("[s]\nk=" + value, "c.conf");

        Assert.Equal(5, settings.Int("s", "k", 5, 1, 9));
        var problem = Assert.Single(settings.Problems);
        Assert.Equal((ConfigSeverity.Error, expected), (problem.Severity, problem.ToString()));
    }

    [Fact]
    public void Int_WrongValueReadTwice_IsReportedOnce()
    {
        var settings = Settings.Parse("[s]\nk=-1");

        settings.Int("s", "k", 5, min: 0);
        settings.Int("s", "k", 5, min: 0);

        Assert.Equal("gripproxy.conf:2: [s] k is '-1': expected a whole number of 0 or more", Assert.Single(settings.Problems).ToString());
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("Yes", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("0", false)]
    [InlineData("", true)]
    public void Bool_Words_AreRead(string value, bool expected)
    {
        Assert.Equal(expected, Settings.Parse("[s]\nk=" + value).Bool("s", "k", true));
    }

    [Fact]
    public void Bool_OtherText_IsAnError()
    {
        var settings = Settings.Parse("[s]\nk=maybe");

        Assert.False(settings.Bool("s", "k", false));
        Assert.Equal("gripproxy.conf:2: [s] k is 'maybe': expected true or false", Assert.Single(settings.Problems).ToString());
    }

    [Fact]
    public void List_EmptyElements_AreDropped()
    {
        Assert.Equal(["a", "b"], Settings.Parse("[s]\nk=a,, b,").List("s", "k"));
        Assert.Empty(Settings.Parse("").List("s", "k"));
    }

    [Fact]
    public void Names_OfAKind_AreInFileOrderWithTheirCaseAndColons()
    {
        var settings = Settings.Parse("[issuer:B:x]\n[channel:news.*]\n[issuer:a]\n[issuer:B:x]\n[issuer:]");

        Assert.Equal(["B:x", "a"], settings.Names("issuer"));
        Assert.Equal(["news.*"], settings.Names("channel"));
        Assert.Empty(settings.Names("iss"));
    }

    [Fact]
    public void Report_AbsentKey_IsLocatedAtItsSection()
    {
        var settings = Settings.Parse("\n[issuer:a]\n", "c.conf");

        settings.Report(ConfigSeverity.Error, "issuer:a", "key", "missing");
        settings.Report(ConfigSeverity.Error, "issuer:b", "key", "missing");

        Assert.Equal(["c.conf:2: missing", "c.conf: missing"], settings.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void Secret_FileValue_IsTheTrimmedContentOfTheFileBesideTheConfiguration()
    {
        var settings = new Settings(new SettingsSources
        {
            Path = "/etc/g/g.conf",
            Text = "[bearer:a]\ntoken=file:keys/t\n[bearer:b]\ntoken=plain",
            ReadFile = path => path == "/etc/g/keys/t" ? " s3cret\n" : null,
        });

        Assert.Equal("s3cret", settings.Secret("bearer:a", "token"));
        Assert.Equal("plain", settings.Secret("bearer:b", "token"));
        Assert.Null(settings.Secret("bearer:c", "token"));
        Assert.Empty(settings.Problems);
    }

    [Fact]
    public void Secret_MissingFile_IsAnError()
    {
        var settings = new Settings(new SettingsSources { Path = "/etc/g/g.conf", Text = "[bearer:a]\ntoken=file:t" });

        Assert.Null(settings.Secret("bearer:a", "token"));
        Assert.Equal(
            "/etc/g/g.conf:2: [bearer:a] token names the file /etc/g/t, which is missing or cannot be read",
            Assert.Single(settings.Problems).ToString());
    }
}
