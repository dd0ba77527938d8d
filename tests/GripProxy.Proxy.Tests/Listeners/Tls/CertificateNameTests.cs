using GripProxy.Proxy.Listeners.Tls;

namespace GripProxy.Proxy.Tests.Listeners.Tls;

public sealed class CertificateNameTests
{
    [Theory]
    [InlineData("www.example.com", "www.example.com", "_.example.com", "default_443")]
    [InlineData("WWW.Example.COM.", "www.example.com", "_.example.com", "default_443")]
    [InlineData("a.b.example.com", "a.b.example.com", "_.b.example.com", "default_443")]
    [InlineData("localhost", "localhost", "default_443")]
    [InlineData("m\u00fcnchen.example", "xn--mnchen-3ya.example", "_.example", "default_443")]
    [InlineData("", "default_443")]
    [InlineData("..", "default_443")]
    [InlineData(".example.com", "default_443")]
    [InlineData("../../etc/passwd", "default_443")]
    [InlineData("a/b.example.com", "default_443")]
    [InlineData("a\0b", "default_443")]
    [InlineData("*.example.com", "default_443")]
    public void Candidates_RequestedName_AreInTheOrderOfTheSpecification(string requested, params string[] names) =>
        Assert.Equal(names, CertificateName.Candidates(requested, 443));

    [Fact]
    public void Normalize_NameLongerThanDnsHas_IsNone() =>
        Assert.Null(CertificateName.Normalize(string.Join('.', Enumerable.Repeat("abcdefg", 40))));
}
