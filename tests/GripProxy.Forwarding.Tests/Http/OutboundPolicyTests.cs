using System.Net;
using GripProxy.Forwarding.Http;

namespace GripProxy.Forwarding.Tests.Http;

public sealed class OutboundPolicyTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.255.0.1", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fc00::1", true)]
    [InlineData("fdff::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("febf::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("2001:db8::1", false)]
    public void IsForbidden_Address_FollowsTheList(string address, bool forbidden) =>
        Assert.Equal(forbidden, OutboundPolicy.IsForbidden(IPAddress.Parse(address)));
}
