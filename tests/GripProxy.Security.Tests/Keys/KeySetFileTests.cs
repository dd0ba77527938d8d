using System.Security.Cryptography;
using System.Text;
using GripProxy.Security.Access;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Security.Tests.Keys;

public sealed class KeySetFileTests : IDisposable
{
    private readonly KeyFolder folder = new();
    private readonly ManualTime time = TokenClock.Create();
    private readonly LogLines log = new();
    private readonly ECDsa first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int writes;

    public void Dispose()
    {
        folder.Dispose();
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public void Find_KeyIdInSet_SelectsEntry()
    {
        var authorizer = Open(KeyFolder.Set(KeyFolder.Jwk(first, "a"), KeyFolder.Jwk(second, "b")));

        Assert.True(IsAllowed(authorizer, first, "a"));
        Assert.True(IsAllowed(authorizer, second, "b"));
        Assert.False(IsAllowed(authorizer, first, "b"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("c")]
    public void Find_SeveralEntriesAndNoSuchKeyId_IsUnknownKey(string? kid)
    {
        var authorizer = Open(KeyFolder.Set(KeyFolder.Jwk(first, "a"), KeyFolder.Jwk(second)));

        Assert.Contains("kid", Decide(authorizer, first, kid).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("c")]
    public void Find_OnlyEntry_IsTaken(string? kid) => Assert.True(IsAllowed(Open(KeyFolder.Set(KeyFolder.Jwk(first, "a"))), first, kid));

    [Fact]
    public void Find_RsaAndSecretEntries_EachHasItsAlgorithm()
    {
        using var rsa = RSA.Create(2048);
        var secret = Encoding.ASCII.GetBytes("short");
        var authorizer = Open(KeyFolder.Set(
            KeyFolder.Jwk(rsa, "r", ",\"use\":\"sig\",\"alg\":\"RS256\""), $$"""{"kty":"oct","kid":"s","k":"{{System.Buffers.Text.Base64Url.EncodeToString(secret)}}"}"""));

        Assert.True(Decide(authorizer, Forge.Rs256(rsa, Claims(), """{"alg":"RS256","kid":"r"}""")).IsAllowed);
        Assert.True(Decide(authorizer, Forge.Hs256(secret, Claims(), """{"alg":"HS256","kid":"s"}""")).IsAllowed);
        Assert.Contains("alg", Decide(authorizer, Forge.Hs256(secret, Claims(), """{"alg":"HS256","kid":"r"}""")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Current_FileChanged_IsReadAgainAfterASecond()
    {
        var authorizer = Open(KeyFolder.Set(KeyFolder.Jwk(first)));
        Write(KeyFolder.Set(KeyFolder.Jwk(second)));

        time.Advance(0.9);
        Assert.True(IsAllowed(authorizer, first));
        time.Advance(0.1);
        Assert.True(IsAllowed(authorizer, second));
        Assert.False(IsAllowed(authorizer, first));
        Assert.StartsWith("1000 Information", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Current_FileUnchanged_IsNotReadAgain()
    {
        var authorizer = Open(KeyFolder.Set(KeyFolder.Jwk(first)));
        time.Advance(10);

        Assert.True(IsAllowed(authorizer, first));
        Assert.Empty(log.Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"keys\":[")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("topsecret")]
    public void Current_NewVersionBroken_KeepsOldAndSaysSoOnce(string content)
    {
        var authorizer = Open(KeyFolder.Set(KeyFolder.Jwk(first)));
        Write(content);
        for (var i = 0; i < 3; i++)
        {
            time.Advance(1);
            Assert.True(IsAllowed(authorizer, first));
        }

        var line = Assert.Single(log.Lines);
        Assert.StartsWith("1001 Warning", line, StringComparison.Ordinal);
        Assert.Contains(folder.Path, line, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Current_FileGoneAndBack_KeepsOldThenTakesNew()
    {
        var authorizer = Open(KeyFolder.Set(KeyFolder.Jwk(first)));
        File.Delete(Path.Combine(folder.Path, "keys"));
        time.Advance(1);
        Assert.True(IsAllowed(authorizer, first));
        Write(KeyFolder.Set(KeyFolder.Jwk(second)));
        time.Advance(1);

        Assert.True(IsAllowed(authorizer, second));
        Assert.Equal(2, log.Lines.Count);
    }

    private ControlAuthorizer Open(string content)
    {
        Write(content);
        var config = new ControlKeysConfig { Issuers = [new("realm", "file:keys", folder.Path)] };
        Assert.True(ControlKeys.TryBuild(config, time, log, out var keys, out var problems), string.Join('\n', problems));
        return new ControlAuthorizer(keys!, time);
    }

    private void Write(string content) =>
        // Two writes within one tick of the file system's clock would look like one.
        File.SetLastWriteTimeUtc(folder.Write("keys", content), DateTime.UnixEpoch.AddSeconds(++writes));

    private bool IsAllowed(ControlAuthorizer authorizer, ECDsa key, string? kid = null) => Decide(authorizer, key, kid).IsAllowed;

    private ControlDecision Decide(ControlAuthorizer authorizer, ECDsa key, string? kid = null) =>
        Decide(authorizer, Forge.Es256(key, Claims(), kid is null ? """{"alg":"ES256"}""" : $$"""{"alg":"ES256","kid":"{{kid}}"}"""));

    private static ControlDecision Decide(ControlAuthorizer authorizer, string token) => authorizer.Authorize(["Bearer " + token], null);

    private string Claims() => $$"""{"iss":"realm","exp":{{time.Seconds + 100}}}""";
}
