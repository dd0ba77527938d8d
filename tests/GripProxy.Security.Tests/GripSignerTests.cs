using System.Security.Cryptography;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Security.Tests;

public sealed class GripSignerTests
{
    private readonly ManualTime time = TokenClock.Create();

    [Fact]
    public void Token_Default_HasHeaderAndClaimsInOrder()
    {
        var token = new GripSigner(KeyText.Read("changeme"), "pushpin", time).Token;

        Assert.Equal("""{"typ":"JWT","alg":"HS256"}""", Forge.Part(token, 0));
        Assert.Equal("""{"exp":1795331135,"iss":"pushpin"}""", Forge.Part(token, 1));
    }

    // The example of HTTP-03.
    [Fact]
    public void Token_ExampleOfSpec_IsTheSame()
    {
        var token = new GripSigner(KeyText.Read("changeme"), "pushpin", time).Token;

        Assert.StartsWith(
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTUzMzExMzUsImlzcyI6InB1c2hwaW4ifQ.", token, StringComparison.Ordinal);
        Assert.Equal(HMACSHA256.HashData("changeme"u8, Forge.SigningInput(token)), Forge.Signature(token));
    }

    [Fact]
    public void Token_EcKey_VerifiesIndependently()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = new GripSigner(KeyText.Read(ec.ExportECPrivateKeyPem()), "pushpin", time).Token;

        Assert.Equal("""{"typ":"JWT","alg":"ES256"}""", Forge.Part(token, 0));
        Assert.True(ec.VerifyData(Forge.SigningInput(token), Forge.Signature(token), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void Token_RsaKey_VerifiesIndependently()
    {
        using var rsa = RSA.Create(2048);
        var token = new GripSigner(KeyText.Read(rsa.ExportRSAPrivateKeyPem()), "pushpin", time).Token;

        Assert.Equal("""{"typ":"JWT","alg":"RS256"}""", Forge.Part(token, 0));
        Assert.True(rsa.VerifyData(Forge.SigningInput(token), Forge.Signature(token), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Theory]
    [InlineData("a\"b\\c", """{"exp":1795331135,"iss":"a\"b\\c"}""")]
    [InlineData("realm+ü", """{"exp":1795331135,"iss":"realm+ü"}""")]
    public void Token_OddIssuer_IsValidJson(string issuer, string claims) =>
        Assert.Equal(claims, Forge.Part(new GripSigner(KeyText.Read("changeme"), issuer, time).Token, 1));

    [Fact]
    public void Token_SameSecond_IsSameObject()
    {
        var signer = new GripSigner(KeyText.Read("changeme"), "pushpin", time);
        var token = signer.Token;
        time.Advance(0.9);

        Assert.Same(token, signer.Token);
    }

    [Fact]
    public void Token_NextSecond_IsNew()
    {
        var signer = new GripSigner(KeyText.Read("changeme"), "pushpin", time);
        _ = signer.Token;
        time.Advance(1);

        Assert.Equal("""{"exp":1795331136,"iss":"pushpin"}""", Forge.Part(signer.Token, 1));
    }

    [Fact]
    public void Token_ClockSetBack_FollowsClock()
    {
        var signer = new GripSigner(KeyText.Read("changeme"), "pushpin", time);
        _ = signer.Token;
        time.SetBack(TimeSpan.FromSeconds(100));

        Assert.Equal("""{"exp":1795331035,"iss":"pushpin"}""", Forge.Part(signer.Token, 1));
    }

    [Fact]
    public void Token_ManyThreadsInOneSecond_IsSignedOnce()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = new GripSigner(KeyText.Read(ec.ExportECPrivateKeyPem()), "pushpin", time);

        // EC signatures are random: two signings would differ.
        Assert.Single(Enumerable.Range(0, 200).AsParallel().WithDegreeOfParallelism(8).Select(_ => signer.Token).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Constructor_PublicKey_Throws()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Throws<ArgumentException>(() => new GripSigner(KeyText.Read(ec.ExportSubjectPublicKeyInfoPem()), "pushpin", time));
    }

    [Fact]
    public void Constructor_EmptyIssuer_Throws() =>
        Assert.Throws<ArgumentException>(() => new GripSigner(KeyText.Read("changeme"), "", time));

    [Fact]
    public void ToString_Signer_ShowsNoSecretAndNoToken() =>
        Assert.Equal("GripSigner(pushpin)", new GripSigner(KeyText.Read("changeme"), "pushpin", time).ToString());
}
