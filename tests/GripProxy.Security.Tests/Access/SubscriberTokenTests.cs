using GripProxy.Security.Access;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Security.Tests.Access;

public sealed class SubscriberTokenTests
{
    private readonly ManualTime time = TokenClock.Create();

    [Fact]
    public void SIG03_Token_AllowsItsChannelsUntilItExpires()
    {
        var decision = Check("""{"iss":"narrow","exp":1795327600.5,"grip:subscribe":["news","room-*"],"grip:meta":{"user":"ann","role":""}}""", "narrowkey");

        Assert.True(decision.IsAllowed);
        // What an issuer may publish to is another matter.
        Assert.True(decision.Scope.Covers("news"));
        Assert.True(decision.Scope.Covers("room-1"));
        Assert.False(decision.Scope.Covers("newsroom"));
        Assert.Equal("ann", decision.Meta["user"]);
        Assert.Equal("", decision.Meta["role"]);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1795327600.5), decision.Expires);
    }

    [Fact]
    public void SIG03_EndOfTime_IsADate() => Assert.Equal(9999, Check("""{"iss":"realm","exp":1e300,"grip:subscribe":[]}""").Expires.Year);

    [Theory]
    [InlineData("""{"iss":"realm","exp":1795327600}""", "no grip:subscribe")]
    [InlineData("""{"iss":"realm","exp":1795327600,"grip:subscribe":"news"}""", "no grip:subscribe")]
    [InlineData("""{"iss":"realm","exp":1795327600,"grip:subscribe":["news",7]}""", "no grip:subscribe")]
    [InlineData("""{"iss":"realm","exp":1795327600,"grip:subscribe":["a"],"grip:meta":["a"]}""", "grip:meta")]
    [InlineData("""{"iss":"realm","exp":1795327600,"grip:subscribe":["a"],"grip:meta":{"a":7}}""", "grip:meta")]
    [InlineData("""{"iss":"realm","exp":1795327000,"grip:subscribe":["a"]}""", "exp has passed")]
    [InlineData("""{"iss":"realm","grip:subscribe":["a"]}""", "no exp")]
    [InlineData("""{"iss":"other","exp":1795327600,"grip:subscribe":["a"]}""", "iss is missing")]
    [InlineData("""{"iss":"narrow","exp":1795327600,"grip:subscribe":["a"]}""", "signature")]
    public void SIG03_BadToken_AllowsNothing(string claims, string detail)
    {
        var decision = Check(claims);

        Assert.False(decision.IsAllowed);
        Assert.Contains(detail, decision.Detail, StringComparison.Ordinal);
        Assert.False(decision.Scope.Covers("a"));
    }

    [Theory]
    [InlineData(null, "no access token")]
    [InlineData("", "no access token")]
    [InlineData("static-token", "no JWT")]
    public void SIG03_NoToken_AllowsNothing(string? token, string detail) =>
        Assert.Contains(detail, Authorizer().AuthorizeSubscriber(token).Detail, StringComparison.Ordinal);

    private SubscriberDecision Check(string claims, string key = "changeme") => Authorizer().AuthorizeSubscriber(Forge.Hs256(key, claims));

    private ControlAuthorizer Authorizer()
    {
        var config = new ControlKeysConfig
        {
            Issuers = [new("realm", "changeme", ""), new("narrow", "narrowkey", "", ["other"])],
            Bearers = [new("ci", "static-token")],
        };
        Assert.True(ControlKeys.TryBuild(config, time, NullLogger.Instance, out var keys, out _));
        return new ControlAuthorizer(keys, time);
    }
}
