using GripProxy.Forwarding.WebSockets;

namespace GripProxy.Forwarding.Tests.WebSockets;

public sealed class HandshakeKeyTests
{
    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("  dGhlIHNhbXBsZSBub25jZQ== ")]
    public void Accept_KeyOfTheStandard_GivesItsProof(string key) => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", HandshakeKey.Accept(key));

    [Fact]
    public void Make_Twice_GivesDifferentKeysOfSixteenBytes()
    {
        var key = HandshakeKey.Make();

        Assert.NotEqual(key, HandshakeKey.Make());
        Assert.Equal(16, Convert.FromBase64String(key).Length);
    }
}
