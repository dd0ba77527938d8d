using GripProxy.Control.Http;

namespace GripProxy.Control.Tests.Http;

public sealed class ControlTargetTests
{
    [Theory]
    [InlineData("/", "")]
    [InlineData("//", "/")]
    [InlineData("/publish", "/publish")]
    [InlineData("/publish/", "/publish")]
    [InlineData("/publish//", "/publish/")]
    [InlineData("/publish/?a=/b/", "/publish")]
    [InlineData("http://host:5561/publish/", "/publish")]
    [InlineData("http://host:5561", "")]
    [InlineData("http://host?x", "")]
    [InlineData("*", "*")]
    [InlineData("/%70ublish", "/%70ublish")]
    public void Parse_AnyForm_PathLosesOneTrailingSlash(string target, string path)
    {
        var parsed = ControlTarget.Parse(target);
        Assert.Equal((null, path), (parsed.Realm, parsed.Path));
    }

    [Theory]
    [InlineData("/realm/a/publish/", "a", "/publish")]
    [InlineData("/realm/a%2Fb%20c/publish", "a/b c", "/publish")]
    [InlineData("/realm/a", "a", "")]
    [InlineData("/realm/a/", "a", "")]
    [InlineData("/realm/a/realm/b/publish", "a", "/realm/b/publish")]
    public void Parse_RealmPrefix_IsTakenOffAndDecoded(string target, string realm, string path)
    {
        var parsed = ControlTarget.Parse(target);
        Assert.Equal((realm, path), (parsed.Realm, parsed.Path));
    }

    [Fact]
    public void Parse_RealmWithoutName_IsNoRealm()
    {
        var parsed = ControlTarget.Parse("/realm//publish");
        Assert.Equal((null, "/realm//publish"), (parsed.Realm, parsed.Path));
    }

    [Fact]
    public void Parse_Query_IsKeptRaw() => Assert.Equal("a=%20?", ControlTarget.Parse("/readyz?a=%20?").Query);
}
