using System.Security.Cryptography;
using System.Text;
using GripProxy.Security.Tests.Support;

namespace GripProxy.Security.Tests;

public sealed class GripKeyTests : IDisposable
{
    private readonly KeyFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("changeme", "changeme")]
    [InlineData("base64:Y2hhbmdlbWU=", "changeme")]
    [InlineData("base64:Y2hhbmdlbWU", "changeme")]
    [InlineData("base64:_-_-", "\u00ff\u00ef\u00fe")]
    [InlineData("base64:/+/+", "\u00ff\u00ef\u00fe")]
    [InlineData("Base64:x", "Base64:x")]
    [InlineData("x", "x")]
    public void TryRead_Secret_SignsAsPlainHmacDoes(string text, string latin1Secret)
    {
        var key = KeyText.Read(text);

        Assert.Equal("HS256", key.Algorithm);
        Assert.Equal(HMACSHA256.HashData(Encoding.Latin1.GetBytes(latin1Secret), "input"u8), key.Sign("input"u8.ToArray()));
    }

    [Fact]
    public void TryRead_NonAsciiText_IsUtf8() =>
        Assert.Equal(HMACSHA256.HashData("schlüssel"u8, "input"u8), KeyText.Read("schlüssel").Sign("input"u8.ToArray()));

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void Sign_SecretOfAnyLength_EqualsIndependentHmac(int length)
    {
        var secret = Enumerable.Range(1, length).Select(i => (byte)i).ToArray();
        var key = KeyText.Read("base64:" + Convert.ToBase64String(secret));

        Assert.Equal(HMACSHA256.HashData(secret, "some input"u8), key.Sign("some input"u8.ToArray()));
        Assert.True(key.Verify("some input"u8.ToArray(), HMACSHA256.HashData(secret, "some input"u8)));
    }

    // RFC 4231, test case 2.
    [Fact]
    public void Sign_KnownVector_Fits()
    {
        var mac = KeyText.Read("Jefe").Sign("what do ya want for nothing?"u8.ToArray());

        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", Convert.ToHexStringLower(mac));
    }

    [Theory]
    [InlineData("6368616e67656d65")]
    [InlineData("6368616E67656D65\n")]
    [InlineData("  6368616e67656d65\r\n")]
    public void TryRead_HexFile_IsSecret(string content) =>
        Assert.Equal(HMACSHA256.HashData("changeme"u8, "input"u8), folder.Read("secret.hex", content).Sign("input"u8.ToArray()));

    [Fact]
    public void TryRead_RelativePath_IsTakenFromDirectory()
    {
        folder.Write("secret.hex", "00ff");

        Assert.Equal("HS256", KeyText.Read("file:secret.hex", folder.Path).Algorithm);
    }

    [Fact]
    public void TryRead_AbsolutePath_IgnoresDirectory() =>
        Assert.Equal("HS256", KeyText.Read("file:" + folder.Write("secret.hex", "00ff"), "/nowhere").Algorithm);

    [Theory]
    [InlineData("sec1")]
    [InlineData("pkcs8")]
    [InlineData("openssl")]
    public void TryRead_EcPrivatePem_SignsEs256(string form)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = folder.Read("ec.pem", form switch
        {
            "sec1" => ec.ExportECPrivateKeyPem(),
            "pkcs8" => ec.ExportPkcs8PrivateKeyPem(),
            _ => "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ec.ExportECPrivateKeyPem() + "\n",
        });

        Assert.Equal("ES256", key.Algorithm);
        Assert.True(key.CanSign);
        Assert.True(ec.VerifyData("input"u8, key.Sign("input"u8.ToArray()), HashAlgorithmName.SHA256));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryRead_RsaPrivatePem_SignsRs256(bool pkcs1)
    {
        using var rsa = RSA.Create(2048);
        var key = folder.Read("rsa.pem", pkcs1 ? rsa.ExportRSAPrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem());

        Assert.Equal("RS256", key.Algorithm);
        Assert.True(key.CanSign);
        Assert.True(rsa.VerifyData("input"u8, key.Sign("input"u8.ToArray()), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public void TryRead_EcPublicPem_VerifiesOnly()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = folder.Read("ec.pem", ec.ExportSubjectPublicKeyInfoPem());

        Assert.Equal("ES256", key.Algorithm);
        Assert.False(key.CanSign);
        Assert.True(key.Verify("input"u8.ToArray(), ec.SignData("input"u8, HashAlgorithmName.SHA256)));
        Assert.False(key.Verify("other"u8.ToArray(), ec.SignData("input"u8, HashAlgorithmName.SHA256)));
        Assert.Throws<InvalidOperationException>(() => key.Sign([1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryRead_RsaPublicPem_VerifiesOnly(bool pkcs1)
    {
        using var rsa = RSA.Create(2048);
        var key = folder.Read("rsa.pem", pkcs1 ? rsa.ExportRSAPublicKeyPem() : rsa.ExportSubjectPublicKeyInfoPem());

        Assert.Equal("RS256", key.Algorithm);
        Assert.False(key.CanSign);
        Assert.True(key.Verify("input"u8.ToArray(), rsa.SignData("input"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public void TryRead_PemOutsideFile_IsNoSecret()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = ec.ExportSubjectPublicKeyInfoPem();

        Assert.Equal("ES256", KeyText.Read(pem).Algorithm);
        Assert.Equal("ES256", KeyText.Read("base64:" + Convert.ToBase64String(Encoding.ASCII.GetBytes(pem))).Algorithm);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(1000)]
    public void Verify_EcSignatureOfWrongLength_IsFalse(int length)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = folder.Read("ec.pem", ec.ExportSubjectPublicKeyInfoPem());

        Assert.False(key.Verify("input"u8.ToArray(), new byte[length]));
    }

    [Fact]
    public void Verify_DerEncodedEcSignature_IsFalse()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = folder.Read("ec.pem", ec.ExportSubjectPublicKeyInfoPem());
        var der = ec.SignData("input"u8, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.False(key.Verify("input"u8.ToArray(), der));
    }

    [Theory]
    [InlineData("")]
    [InlineData("base64:")]
    [InlineData("base64:  ")]
    public void TryRead_Empty_IsRefused(string text) => Assert.Contains("empty", KeyText.Refused(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("base64:topsecret!")]
    [InlineData("base64:topsecretxxxx")]
    public void TryRead_BrokenBase64_IsRefusedWithoutContent(string text)
    {
        var error = KeyText.Refused(text);

        Assert.Contains("Base64", error, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_FileMissing_NamesPath() =>
        Assert.Equal($"key file '{folder.Path}/none.pem' does not exist", KeyText.Refused("file:none.pem", folder.Path));

    [Fact]
    public void TryRead_FileIsDirectory_NamesPath() =>
        Assert.Contains($"'{folder.Path}' is a directory", KeyText.Refused("file:" + folder.Path), StringComparison.Ordinal);

    [Theory]
    [InlineData("file:")]
    [InlineData("file:a\0b")]
    public void TryRead_ImpossiblePath_IsRefused(string text) =>
        Assert.Contains("key file", KeyText.Refused(text, folder.Path), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("abc")]
    [InlineData("topsecret")]
    [InlineData("61 62")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("-----BEGIN")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\ntopsecret\n-----END EC PRIVATE KEY-----")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void TryRead_FileHoldsNoKey_NamesPathAndNeverContent(string content)
    {
        var path = folder.Write("bad.key", content);
        var error = KeyText.Refused("file:bad.key", folder.Path);

        Assert.Contains($"'{path}'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_EncryptedPem_SaysSo()
    {
        using var rsa = RSA.Create(2048);
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000);
        folder.Write("locked.pem", rsa.ExportEncryptedPkcs8PrivateKeyPem("password", parameters));

        Assert.Contains("encrypted", KeyText.Refused("file:locked.pem", folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_OtherCurve_IsRefused()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        folder.Write("p384.pem", ec.ExportECPrivateKeyPem());

        Assert.Contains("P-256", KeyText.Refused("file:p384.pem", folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_OtherCurveOf256Bits_IsRefused()
    {
        using var ec = ECDsa.Create(ECCurve.CreateFromFriendlyName("brainpoolP256r1"));
        folder.Write("bp.pem", ec.ExportSubjectPublicKeyInfoPem());

        Assert.Contains("P-256", KeyText.Refused("file:bp.pem", folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_ShortRsa_IsRefused()
    {
        using var rsa = RSA.Create(1024);
        folder.Write("short.pem", rsa.ExportRSAPrivateKeyPem());

        Assert.Contains("1024 bits", KeyText.Refused("file:short.pem", folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Secret_IsNotShown() => Assert.Equal("GripKey(HS256)", KeyText.Read("topsecret").ToString());

    [Fact]
    public void SignAndVerify_ManyThreadsWithOneKey_AllFit()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var keys = new[] { KeyText.Read("changeme"), folder.Read("ec.pem", ec.ExportECPrivateKeyPem()), folder.Read("rsa.pem", rsa.ExportRSAPrivateKeyPem()) };

        var failures = Enumerable.Range(0, 600).AsParallel().WithDegreeOfParallelism(8).Count(i =>
        {
            var input = BitConverter.GetBytes(i);
            var key = keys[i % 3];
            return !key.Verify(input, key.Sign(input)) || key.Verify(input, key.Sign([0, .. input]));
        });

        Assert.Equal(0, failures);
    }
}
