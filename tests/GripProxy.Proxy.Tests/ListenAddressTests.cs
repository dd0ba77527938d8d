namespace GripProxy.Proxy.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("7999", "0.0.0.0:7999")]
    [InlineData(" 127.0.0.1:80 ", "127.0.0.1:80")]
    [InlineData("[::1]:7999", "[::1]:7999")]
    [InlineData("localhost:65535", "127.0.0.1:65535")]
    public void TryParse_Address_IsRead(string text, string expected)
    {
        Assert.True(ListenAddress.TryParse(text, out var listen));
        Assert.Equal(expected, listen.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("80x")]
    [InlineData(":80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("1:80")]
    [InlineData("example.com:80")]
    public void TryParse_Nonsense_IsRefused(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Fact]
    public void TryParse_ZeroWhereAllowed_IsAnyPort() => Assert.True(ListenAddress.TryParse("127.0.0.1:0", out _, allowAnyPort: true));
}
