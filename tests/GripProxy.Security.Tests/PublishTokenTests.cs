using System.Security.Cryptography;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Security.Tests;

public sealed class PublishTokenTests
{
    private readonly ManualTime time = TokenClock.Create();

    [Fact]
    public void Create_NoOptions_HasExpiryAndIssuer()
    {
        var token = PublishToken.Create(KeyText.Read("key"), "realm", TimeSpan.FromHours(1), time);

        Assert.Equal("""{"typ":"JWT","alg":"HS256"}""", Forge.Part(token, 0));
        Assert.Equal("""{"exp":1795331135,"iss":"realm"}""", Forge.Part(token, 1));
        Assert.Equal(HMACSHA256.HashData("key"u8, Forge.SigningInput(token)), Forge.Signature(token));
    }

    [Fact]
    public void Create_AllOptions_HasTheirClaims()
    {
        var options = new PublishTokenOptions { Publish = ["news.*"], Subscribe = [], Audience = "grip", KeyId = "k1" };
        var token = PublishToken.Create(KeyText.Read("key"), "realm", TimeSpan.FromSeconds(1), time, options);

        Assert.Equal("""{"typ":"JWT","alg":"HS256","kid":"k1"}""", Forge.Part(token, 0));
        Assert.Equal("""{"exp":1795327536,"iss":"realm","aud":"grip","grip:publish":["news.*"],"grip:subscribe":[]}""", Forge.Part(token, 1));
    }

    [Fact]
    public void Create_PublicKey_Throws()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Throws<ArgumentException>(() => PublishToken.Create(KeyText.Read(ec.ExportSubjectPublicKeyInfoPem()), "realm", TimeSpan.FromHours(1), time));
    }

    [Fact]
    public void Create_NoLifetime_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PublishToken.Create(KeyText.Read("key"), "realm", TimeSpan.Zero, time));

    [Fact]
    public void Create_NoIssuer_Throws() =>
        Assert.Throws<ArgumentException>(() => PublishToken.Create(KeyText.Read("key"), "", TimeSpan.FromHours(1), time));
}
