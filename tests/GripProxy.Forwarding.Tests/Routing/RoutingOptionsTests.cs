using GripProxy.Forwarding.Routing;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Forwarding.Tests.Routing;

public sealed class RoutingOptionsTests
{
    [Theory]
    [InlineData("", "/etc/g/routes")]
    [InlineData("[proxy]\nroutesfile=", "/etc/g/routes")]
    [InlineData("[proxy]\nroutesfile=sub/my-routes", "/etc/g/sub/my-routes")]
    [InlineData("[proxy]\nroutesfile=/srv/routes", "/srv/routes")]
    public void Read_RoutesFile_IsRelativeToTheConfigurationFile(string text, string expected)
    {
        Assert.Equal(expected, RoutingOptions.Read(Settings.Parse(text, "/etc/g/g.conf")).FilePath);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("[client]\nwildcard_domains=true", true)]
    public void Read_WildcardDomains_AreOffUnlessSet(string text, bool expected)
    {
        Assert.Equal(expected, RoutingOptions.Read(Settings.Parse(text)).WildcardDomains);
    }

    [Fact]
    public void Read_Lines_AreKept()
    {
        Assert.Equal(["* test"], RoutingOptions.Read(Settings.Parse(""), ["* test"]).Lines);
    }
}
