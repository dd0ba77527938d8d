using System.Security.Cryptography;
using GripProxy.Security.Access;
using GripProxy.Security.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Security.Tests.Access;

public sealed class ControlKeysTests : IDisposable
{
    private readonly KeyFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TryBuild_NothingConfigured_IsOpen()
    {
        Assert.True(Build(new ControlKeysConfig(), out var problems)!.IsOpen);
        Assert.Empty(problems);
        Assert.True(ControlKeys.None.IsOpen);
    }

    [Fact]
    public void TryBuild_AnyCredential_IsNotOpen()
    {
        Assert.False(Build(new() { Issuers = [new("a", "key", "")] }, out _)!.IsOpen);
        Assert.False(Build(new() { Bearers = [new("a", "token")] }, out _)!.IsOpen);
        Assert.False(Build(new() { Basics = [new("a", "password")] }, out _)!.IsOpen);
    }

    [Fact]
    public void TryBuild_SeveralProblems_GathersAll()
    {
        var keys = Build(
            new()
            {
                ClockSkew = TimeSpan.FromSeconds(-1),
                Issuers = [new("a", "", ""), new("b", "file:none", folder.Path), new("", "key", ""), new("c", "k", ""), new("c", "k", ""), new("d", "k", "", [])],
                Bearers = [new("a", ""), new("b", "with space"), new("c", "same"), new("d", "same")],
                Basics = [new("a", ""), new("b", "p", [])],
            },
            out var problems);

        Assert.Null(keys);
        Assert.Equal<string>(
            [
                "control clock_skew", "issuer:a key", "issuer:b key", "issuer: ", "issuer:c ", "issuer:d channels",
                "bearer:a token", "bearer:b token", "bearer:d token", "basic:a password", "basic:b channels",
            ],
            problems.Select(problem => $"{problem.Section} {problem.Key}"), StringComparer.Ordinal);
    }

    [Fact]
    public void TryBuild_OneBadKey_YieldsNoKeys() =>
        Assert.Null(Build(new() { Issuers = [new("good", "key", ""), new("bad", "base64:!", "")] }, out _));

    [Theory]
    [InlineData("topsecret")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":5}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":""}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"topsecret","y":"AA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"topsecret"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"topsecret","use":"enc"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"topsecret","alg":"HS512"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"topsecret","key_ops":["encrypt"]}]}""")]
    public void TryBuild_FileHoldsNoKey_NamesPathAndNeverContent(string content)
    {
        var path = folder.Write("keys", content);

        Assert.Null(Build(new() { Issuers = [new("a", "file:keys", folder.Path)] }, out var problems));
        var problem = Assert.Single(problems).ToString();
        Assert.StartsWith("[issuer:a] key: ", problem, StringComparison.Ordinal);
        Assert.Contains($"'{path}'", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryBuild_KeySetWithOneUsableEntry_IsAccepted()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        folder.Write("keys", "\n" + KeyFolder.Set("""{"kty":"OKP","crv":"Ed25519","x":"AA"}""", KeyFolder.Jwk(ec)));

        Assert.NotNull(Build(new() { Issuers = [new("a", "file:keys", folder.Path)] }, out _));
    }

    [Fact]
    public void ToString_Configs_ShowNoSecret()
    {
        var config = new ControlKeysConfig
        {
            Issuers = [new("a", "topsecret", "")],
            Bearers = [new("b", "topsecret")],
            Basics = [new("c", "topsecret")],
        };
        var keys = Build(config, out _)!;
        object[] all = [config, config.Issuers[0], config.Bearers[0], config.Basics[0], keys, keys.Issuers["a"], keys.Bearers, keys.Basics];
        var shown = string.Join(' ', all);

        Assert.Contains("[issuer:a] [bearer:b] [basic:c]", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Problems_ShowNoSecret()
    {
        Build(new() { Bearers = [new("a", "topsecret"), new("b", "topsecret"), new("c", "topsecret with space")] }, out var problems);

        Assert.Equal(2, problems.Count);
        Assert.DoesNotContain("topsecret", string.Join(' ', problems), StringComparison.Ordinal);
    }

    private static ControlKeys? Build(ControlKeysConfig config, out IReadOnlyList<ControlKeyProblem> problems)
    {
        ControlKeys.TryBuild(config, TokenClock.Create(), NullLogger.Instance, out var keys, out problems);
        return keys;
    }
}
