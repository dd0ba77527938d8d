using System.Security.Cryptography;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Security.Tests;

public sealed class GripSigVerifierTests
{
    private readonly ManualTime time = TokenClock.Create();

    [Fact]
    public void Verify_TokenOfSigner_IsValid() =>
        Assert.Equal(TokenVerdict.Valid, Verify(new GripSigner(KeyText.Read("changeme"), "pushpin", time).Token));

    [Fact]
    public void Verify_AnyIssuerWhenNoneIsExpected_IsValid() =>
        Assert.Equal(TokenVerdict.Valid, Verify(new GripSigner(KeyText.Read("changeme"), "other", time).Token, issuer: null));

    [Theory]
    [InlineData("""{"exp":1795327536}""")]
    [InlineData("""{"exp":1795327536,"iss":"Pushpin"}""")]
    [InlineData("""{"exp":1795327536,"iss":["pushpin"]}""")]
    [InlineData("""{"exp":1795327536,"iss":"\ud800"}""")]
    public void Verify_OtherIssuer_IsWrongIssuer(string claims) =>
        Assert.Equal(TokenVerdict.WrongIssuer, Verify(Forge.Hs256("changeme", claims)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Verify_NoToken_IsMissing(string? token) => Assert.Equal(TokenVerdict.Missing, Verify(token));

    [Fact]
    public void Verify_Garbage_IsMalformed() => Assert.Equal(TokenVerdict.Malformed, Verify("garbage"));

    [Fact]
    public void Verify_NoExpiry_IsNoExpiry() =>
        Assert.Equal(TokenVerdict.NoExpiry, Verify(Forge.Hs256("changeme", """{"iss":"pushpin"}""")));

    [Fact]
    public void Verify_PastExpiry_IsExpired() =>
        Assert.Equal(TokenVerdict.Expired, Verify(Forge.Hs256("changeme", """{"exp":1795327535,"iss":"pushpin"}""")));

    [Fact]
    public void Verify_OtherSecret_IsBadSignature() =>
        Assert.Equal(TokenVerdict.BadSignature, Verify(new GripSigner(KeyText.Read("other"), "pushpin", time).Token));

    [Fact]
    public void Verify_Crit_IsCriticalHeader() =>
        Assert.Equal(TokenVerdict.CriticalHeader, Verify(Forge.Hs256("changeme", """{"exp":1795327536}""", """{"alg":"HS256","crit":["x"]}""")));

    [Fact]
    public void Verify_OtherKindOfKey_IsWrongAlgorithm()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal(TokenVerdict.WrongAlgorithm, Verify(Forge.Es256(ec, """{"exp":1795327536}""")));
    }

    private TokenVerdict Verify(string? token, string? issuer = "pushpin") => new GripSigVerifier(KeyText.Read("changeme"), issuer, time).Verify(token);
}
