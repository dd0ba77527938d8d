using System.Security.Cryptography;
using GripProxy.Security.Access;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Security.Tests.Access;

public sealed class ControlTokenTests
{
    private readonly ManualTime time = TokenClock.Create();

    [Fact]
    public void Check_ExpiryAndIssuer_IsAllowed() => Assert.True(Check(Token()).IsAllowed);

    [Fact]
    public void Check_FractionalExpiry_IsAllowed() =>
        Assert.True(Check(Forge.Hs256("changeme", """{"iss":"realm","exp":1795327600.25}""")).IsAllowed);

    [Theory]
    [InlineData("realm")]
    [InlineData(null)]
    public void Check_RealmOfIssuerOrNone_IsAllowed(string? realm) => Assert.True(Check(Token(), realm: realm).IsAllowed);

    [Theory]
    [InlineData("other")]
    [InlineData("Realm")]
    [InlineData("")]
    public void Check_OtherRealm_IsRefused(string realm) => Refused(Check(Token(), realm: realm), "realm of the path");

    [Theory]
    [InlineData("""{"exp":1795327600}""")]
    [InlineData("""{"exp":1795327600,"iss":"other"}""")]
    [InlineData("""{"exp":1795327600,"iss":"Realm"}""")]
    [InlineData("""{"exp":1795327600,"iss":["realm"]}""")]
    [InlineData("""{"exp":1795327600,"iss":null}""")]
    public void Check_UnknownIssuer_IsRefused(string claims) =>
        Refused(Check(Forge.Hs256("changeme", claims)), "iss is missing or has no key");

    [Fact]
    public void Check_KeyOfOtherIssuer_IsRefused() =>
        Refused(Check(Forge.Hs256("narrowkey", """{"iss":"realm","exp":1795327600}""")), "signature");

    [Theory]
    [InlineData("")]
    [InlineData(",\"exp\":null")]
    [InlineData(",\"exp\":\"1795327600\"")]
    [InlineData(",\"exp\":1e999")]
    public void Check_NoExpiry_IsRefused(string claim) =>
        Refused(Check(Forge.Hs256("changeme", $$"""{"iss":"realm"{{claim}}}""")), "no exp");

    [Theory]
    [InlineData(1, true)]
    [InlineData(-29, true)]
    [InlineData(-30, false)]
    [InlineData(-3600, false)]
    public void Check_ExpiryWithSkew_IsAllowedUpToIt(int ahead, bool allowed)
    {
        var decision = Check(Forge.Hs256("changeme", $$"""{"iss":"realm","exp":{{time.Seconds + ahead}}}"""));

        Assert.Equal(allowed, decision.IsAllowed);
        Assert.Equal(!allowed, decision.Detail.Contains("exp has passed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-1", true)]
    [InlineData("30", true)]
    [InlineData("31", false)]
    [InlineData("3600", false)]
    public void Check_NotBeforeWithSkew_IsAllowedUpToIt(string ahead, bool allowed)
    {
        var begins = time.Seconds + int.Parse(ahead);
        var decision = Check(Token($",\"nbf\":{begins}"));

        Assert.Equal(allowed, decision.IsAllowed);
        Assert.Equal(!allowed, decision.Detail.Contains("nbf", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"0\"")]
    public void Check_NotBeforeOfOtherType_IsRefused(string value) => Refused(Check(Token($",\"nbf\":{value}")), "nbf");

    [Theory]
    [InlineData(",\"aud\":\"grip\"")]
    [InlineData(",\"aud\":[\"x\",\"grip\"]")]
    public void Check_AudienceContained_IsAllowed(string claim) => Assert.True(Check(Token(claim), "grip").IsAllowed);

    [Theory]
    [InlineData("")]
    [InlineData(",\"aud\":\"Grip\"")]
    [InlineData(",\"aud\":[]")]
    [InlineData(",\"aud\":[\"x\"]")]
    [InlineData(",\"aud\":[\"grip\",5]")]
    [InlineData(",\"aud\":{\"grip\":1}")]
    public void Check_AudienceNotContained_IsRefused(string claim) => Refused(Check(Token(claim), "grip"), "aud");

    [Fact]
    public void Check_AudienceWhenNoneIsConfigured_IsIgnored() => Assert.True(Check(Token(",\"aud\":\"anything\"")).IsAllowed);

    [Theory]
    [InlineData("none")]
    [InlineData("RS256")]
    [InlineData("HS384")]
    public void Check_OtherAlgorithm_IsRefused(string algorithm) =>
        Refused(Check(Forge.Hs256("changeme", """{"iss":"realm","exp":1795327600}""", $$"""{"alg":"{{algorithm}}"}""")), "alg");

    [Fact]
    public void Check_AlgNoneUnsigned_IsRefused() =>
        Refused(Check(Forge.Token("""{"alg":"none"}""", """{"iss":"realm","exp":1795327600}""", _ => [])), "alg");

    [Fact]
    public void Check_UnsignedWithRightAlgorithm_IsRefused() =>
        Refused(Check(Forge.Token("""{"alg":"HS256"}""", """{"iss":"realm","exp":1795327600}""", _ => [])), "signature");

    [Fact]
    public void Check_Crit_IsRefused() =>
        Refused(Check(Forge.Hs256("changeme", """{"iss":"realm","exp":1795327600}""", """{"alg":"HS256","crit":[]}""")), "crit");

    [Fact]
    public void Check_PublicKeyUsedAsSecret_IsRefused()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        var config = new ControlKeysConfig { Issuers = [new("realm", pem, "")] };

        Refused(CheckWith(Forge.Hs256(pem, """{"iss":"realm","exp":1795327600}"""), config), "alg");
        Assert.True(CheckWith(Forge.Rs256(rsa, """{"iss":"realm","exp":1795327600}"""), config).IsAllowed);
    }

    [Fact]
    public void Check_EmbeddedKey_IsNotFollowed()
    {
        using var mine = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var theirs = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var config = new ControlKeysConfig { Issuers = [new("realm", mine.ExportSubjectPublicKeyInfoPem(), "")] };
        var header = $$"""{"alg":"ES256","jwk":{{KeyFolder.Jwk(theirs)}},"jku":"file:///etc/passwd","x5u":"http://127.0.0.1:1/"}""";

        Refused(CheckWith(Forge.Es256(theirs, """{"iss":"realm","exp":1795327600}""", header), config), "signature");
    }

    [Fact]
    public void Check_PublishClaim_NarrowsIssuer()
    {
        var decision = Check(Forge.Hs256("narrowkey", """{"iss":"narrow","exp":1795327600,"grip:publish":["*.de","chat"]}"""));

        Assert.True(decision.IsAllowed);
        Assert.True(decision.Scope.Covers("news.de"));
        Assert.False(decision.Scope.Covers("news.en"));
        Assert.False(decision.Scope.Covers("chat"));
    }

    [Fact]
    public void Check_PublishClaimOfAll_LeavesIssuersLimit()
    {
        var decision = Check(Forge.Hs256("narrowkey", """{"iss":"narrow","exp":1795327600,"grip:publish":["*"]}"""));

        Assert.True(decision.Scope.Covers("news.de"));
        Assert.False(decision.Scope.Covers("chat"));
        Assert.False(decision.IsUnrestricted);
    }

    [Fact]
    public void Check_NoPublishClaim_IsAllTheIssuerMay()
    {
        var decision = Check(Forge.Hs256("narrowkey", """{"iss":"narrow","exp":1795327600}"""));

        Assert.True(decision.Scope.Covers("news.en"));
        Assert.False(decision.Scope.Covers("chat"));
    }

    [Theory]
    [InlineData("\"news\"")]
    [InlineData("\"*\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[\"news\",5]")]
    [InlineData("[[\"news\"]]")]
    [InlineData("[\"\\ud800\"]")]
    public void Check_PublishClaimOfOtherType_CoversNothing(string value)
    {
        var decision = Check(Token($",\"grip:publish\":{value}"));

        Assert.True(decision.IsAllowed);
        Assert.False(decision.Scope.Covers("news"));
        Assert.False(decision.IsUnrestricted);
    }

    [Theory]
    [InlineData("[\"*\"]")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Check_SubscribeOnly_IsNotCovered(string value)
    {
        var decision = Check(Token($",\"grip:subscribe\":{value}"));

        Assert.False(decision.IsAllowed);
        Assert.Equal(403, decision.Status);
        Assert.Equal("not_covered", decision.Code);
    }

    [Fact]
    public void Check_SubscribeAndPublish_IsAllowedToPublish()
    {
        var decision = Check(Token(",\"grip:subscribe\":[\"a\"],\"grip:publish\":[\"b\"]"));

        Assert.True(decision.Scope.Covers("b"));
        Assert.False(decision.Scope.Covers("a"));
    }

    [Fact]
    public void Check_SubscribeOnlyWithBadSignature_IsInvalidFirst() =>
        Refused(Check(Forge.Hs256("wrong", """{"iss":"realm","exp":1795327600,"grip:subscribe":["a"]}""")), "signature");

    private static void Refused(ControlDecision decision, string detail)
    {
        Assert.Equal("invalid_token", decision.Code);
        Assert.Equal(401, decision.Status);
        Assert.Contains(detail, decision.Detail, StringComparison.Ordinal);
    }

    private static string Token(string more = "") => Forge.Hs256("changeme", $$"""{"iss":"realm","exp":1795327600{{more}}}""");

    private ControlDecision Check(string token, string? audience = null, string? realm = null) =>
        CheckWith(token, new() { Audience = audience, Issuers = [new("realm", "changeme", ""), new("narrow", "narrowkey", "", ["news.*"])] }, realm);

    private ControlDecision CheckWith(string token, ControlKeysConfig config, string? realm = null)
    {
        Assert.True(ControlKeys.TryBuild(config, time, NullLogger.Instance, out var keys, out _));
        return new ControlAuthorizer(keys!, time).Authorize(["Bearer " + token], realm);
    }
}
