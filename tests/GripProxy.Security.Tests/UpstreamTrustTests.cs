using System.Security.Cryptography;
using System.Text;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Security.Tests;

public sealed class UpstreamTrustTests
{
    private readonly ManualTime time = TokenClock.Create();

    [Fact]
    public void IsTrusted_TokenOfOurSigner_IsTrue() =>
        Assert.True(Trust().IsTrusted(new GripSigner(KeyText.Read("changeme"), "pushpin", time).Token));

    [Theory]
    [InlineData("changeme")]
    [InlineData("x")]
    public void IsTrusted_IndependentToken_IsTrue(string secret) =>
        Assert.True(Trust(secret).IsTrusted(Forge.Hs256(secret, $$"""{"exp":{{time.Seconds + 1}}}""")));

    [Fact]
    public void IsTrusted_EcToken_IsTrue()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.True(Trust(ec.ExportSubjectPublicKeyInfoPem()).IsTrusted(Forge.Es256(ec, Good())));
    }

    [Fact]
    public void IsTrusted_RsaToken_IsTrue()
    {
        using var rsa = RSA.Create(2048);

        Assert.True(Trust(rsa.ExportSubjectPublicKeyInfoPem()).IsTrusted(Forge.Rs256(rsa, Good())));
    }

    [Theory]
    [InlineData("""{"exp":1795327536,"iss":"anybody"}""")]
    [InlineData("""{"exp":1795327536,"nbf":1995327536}""")]
    [InlineData("""{"exp":1795327536,"nbf":"no number","aud":{},"iss":7,"iat":[]}""")]
    [InlineData("""{"exp":1795327536,"aud":"somebody else"}""")]
    public void IsTrusted_OtherClaims_AreNotExamined(string claims) => Assert.True(Trust().IsTrusted(Forge.Hs256("changeme", claims)));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"exp":null}""")]
    [InlineData("""{"exp":"1795327636"}""")]
    [InlineData("""{"exp":1795327636.5}""")]
    [InlineData("""{"exp":1795327636.0}""")]
    [InlineData("""{"exp":1.9e9}""")]
    [InlineData("""{"exp":99999999999999999999}""")]
    [InlineData("""{"exp":true}""")]
    [InlineData("""{"exp":[1795327636]}""")]
    [InlineData("""{"exp":0}""")]
    [InlineData("""{"exp":-1}""")]
    [InlineData("""{"exp":1795327535}""")]
    [InlineData("""{"exp":1795327534}""")]
    [InlineData("""{"exp":1795327636,"exp":1795327636}""")]
    [InlineData("""{"EXP":1795327636}""")]
    public void IsTrusted_ExpiryMissingPastOrNoInteger_IsFalse(string claims) =>
        Assert.False(Trust().IsTrusted(Forge.Hs256("changeme", claims)));

    [Fact]
    public void IsTrusted_LargestExpiry_IsTrue() =>
        Assert.True(Trust().IsTrusted(Forge.Hs256("changeme", """{"exp":9223372036854775807}""")));

    [Fact]
    public void IsTrusted_TokenExpiresMeanwhile_IsFalseFromThatSecond()
    {
        var trust = Trust();
        var token = Forge.Hs256("changeme", $$"""{"exp":{{time.Seconds + 10}}}""");
        Assert.True(trust.IsTrusted(token));
        time.Advance(9.999);
        Assert.True(trust.IsTrusted(token));
        time.Advance(0.001);
        Assert.False(trust.IsTrusted(token));
    }

    [Fact]
    public void IsTrusted_AfterGoodToken_StillRefusesTamperedOne()
    {
        var trust = Trust();
        var token = Forge.Hs256("changeme", Good());
        Assert.True(trust.IsTrusted(token));

        Assert.False(trust.IsTrusted(token[..^2] + (token[^2] == 'A' ? "B" : "A") + token[^1]));
        Assert.False(trust.IsTrusted(token + "A"));
        Assert.True(trust.IsTrusted(token));
    }

    [Fact]
    public void IsTrusted_OtherSecret_IsFalse() => Assert.False(Trust().IsTrusted(Forge.Hs256("changeme2", Good())));

    // DIF-80: Pushpin trusts this one when it has no key.
    [Fact]
    public void IsTrusted_EmptySecret_IsFalse() => Assert.False(Trust().IsTrusted(Forge.Hs256("", Good())));

    [Theory]
    [InlineData("""{"typ":"JWT","alg":"none"}""")]
    [InlineData("""{"typ":"JWT","alg":"None"}""")]
    [InlineData("""{"typ":"JWT","alg":""}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"typ":"JWT","alg":null}""")]
    [InlineData("""{"typ":"JWT","alg":"hs256"}""")]
    [InlineData("""{"typ":"JWT","alg":"HS512"}""")]
    [InlineData("""{"typ":"JWT","alg":"HS256","alg":"HS256"}""")]
    [InlineData("""{"typ":"JWT","alg":"HS256","crit":["exp"]}""")]
    [InlineData("""{"typ":"JWT","alg":"HS256","crit":["b64"],"b64":false}""")]
    [InlineData("""["HS256"]""")]
    [InlineData("""nonsense""")]
    public void IsTrusted_HeaderOfAttack_IsFalse(string header) => Assert.False(Trust().IsTrusted(Forge.Hs256("changeme", Good(), header)));

    [Fact]
    public void IsTrusted_AlgNoneWithoutSignature_IsFalse() =>
        Assert.False(Trust().IsTrusted(Forge.Token("""{"typ":"JWT","alg":"none"}""", Good(), _ => [])));

    [Fact]
    public void IsTrusted_PublicKeyAsHmacSecret_IsFalse()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        var trust = Trust(pem);

        Assert.False(trust.IsTrusted(Forge.Hs256(pem, Good())));
        Assert.False(trust.IsTrusted(Forge.Hs256(pem, Good(), """{"typ":"JWT","alg":"RS256"}""")));
        Assert.False(trust.IsTrusted(Forge.Hs256(rsa.ExportSubjectPublicKeyInfo(), Good())));
    }

    [Fact]
    public void IsTrusted_EmbeddedKey_IsNotFollowed()
    {
        using var mine = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var theirs = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var header = $$"""{"typ":"JWT","alg":"ES256","jwk":{{KeyFolder.Jwk(theirs)}},"jku":"http://127.0.0.1:1/","x5u":"http://127.0.0.1:1/"}""";

        Assert.False(Trust(mine.ExportSubjectPublicKeyInfoPem()).IsTrusted(Forge.Es256(theirs, Good(), header)));
        Assert.True(Trust(mine.ExportSubjectPublicKeyInfoPem()).IsTrusted(Forge.Es256(mine, Good(), header)));
    }

    [Fact]
    public void IsTrusted_ZeroEcSignature_IsFalse()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.False(Trust(ec.ExportSubjectPublicKeyInfoPem()).IsTrusted(Forge.Token("""{"typ":"JWT","alg":"ES256"}""", Good(), _ => new byte[64])));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("ey J.e30.AA")]
    [InlineData("e30.e30.")]
    [InlineData("é.é.é")]
    public void IsTrusted_Garbage_IsFalse(string token) => Assert.False(Trust().IsTrusted(token));

    [Fact]
    public void IsTrusted_Null_IsFalse() => Assert.False(Trust().IsTrusted(null!));

    [Theory]
    [InlineData(" ", "")]
    [InlineData("", " ")]
    [InlineData("", "\n")]
    [InlineData("", "=")]
    [InlineData("", ".e30")]
    public void IsTrusted_GoodTokenWithExtraCharacters_IsFalse(string before, string after) =>
        Assert.False(Trust().IsTrusted(before + Forge.Hs256("changeme", Good()) + after));

    [Fact]
    public void IsTrusted_HugeToken_IsFalse() =>
        Assert.False(Trust().IsTrusted(Forge.Hs256("changeme", $$"""{"exp":{{time.Seconds + 9}},"x":"{{new string('x', 20_000)}}"}""")));

    [Fact]
    public void IsTrusted_DeepClaims_IsFalse() =>
        Assert.False(Trust().IsTrusted(Forge.Hs256("changeme", $$"""{"exp":{{time.Seconds + 9}},"x":{{new string('[', 2000)}}{{new string(']', 2000)}}}""")));

    [Theory]
    [InlineData("""{"\ud800":1,"exp":1795327636}""")]
    [InlineData("""{"exp":1795327636,"ex\ud800":1}""")]
    public void IsTrusted_NamesThatAreNoText_NeverThrows(string claims) => Assert.False(Trust().IsTrusted(Forge.Hs256("changeme", claims)));

    [Fact]
    public void IsTrusted_BrokenUtf8_NeverThrows()
    {
        byte[] claims = [.. Encoding.ASCII.GetBytes("{\"exp\":1795327636,\"iss\":\""), 0xff, 0xc0, .. Encoding.ASCII.GetBytes("\"}")];
        byte[] header = [.. Encoding.ASCII.GetBytes("{\"alg\":\""), 0xff, .. Encoding.ASCII.GetBytes("\"}")];
        Trust().IsTrusted(Forge.Token("""{"alg":"HS256"}"""u8.ToArray(), claims, input => HMACSHA256.HashData("changeme"u8, input)));

        Assert.False(Trust().IsTrusted(Forge.Token(header, claims, input => HMACSHA256.HashData("changeme"u8, input))));
    }

    [Fact]
    public void IsTrusted_RandomBytesSigned_NeverThrows()
    {
        var random = new Random(7);
        var trust = Trust();
        for (var i = 0; i < 2000; i++)
        {
            var claims = Encoding.UTF8.GetBytes(Good());
            claims[random.Next(claims.Length)] = (byte)random.Next(256);
            claims[random.Next(claims.Length)] = (byte)random.Next(256);
            trust.IsTrusted(Forge.Token("""{"alg":"HS256"}"""u8.ToArray(), claims, input => HMACSHA256.HashData("changeme"u8, input)));
        }

        Assert.True(trust.IsTrusted(Forge.Hs256("changeme", Good())));
    }

    private UpstreamTrust Trust(string key = "changeme") => new(KeyText.Read(key), time);

    private string Good() => $$"""{"exp":{{time.Seconds + 100}},"iss":"pushpin"}""";
}
