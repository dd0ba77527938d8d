using GripProxy.Protocol.Configuration;

namespace GripProxy.Protocol.Tests.Configuration;

public sealed class ConfigFileLookupTests
{
    [Fact]
    public void Find_SeveralFiles_TakesTheFirstPlace()
    {
        Assert.Equal("./pushpin.conf", ConfigFileLookup.Find(path => path is "/etc/pushpin/pushpin.conf" or "./pushpin.conf"));
        Assert.Equal("/etc/gripproxy/gripproxy.conf", ConfigFileLookup.Find(path => path.StartsWith("/etc", StringComparison.Ordinal)));
    }

    [Fact]
    public void Find_NoFile_IsNullAndTheErrorNamesThePlaces()
    {
        Assert.Null(ConfigFileLookup.Find(_ => false));
        Assert.StartsWith("no configuration file found. Tried: ./gripproxy.conf", ConfigFileLookup.NotFound, StringComparison.Ordinal);
    }
}
