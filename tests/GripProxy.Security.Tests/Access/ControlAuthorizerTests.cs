using System.Text;
using GripProxy.Security.Access;
using GripProxy.Security.Tests.Support;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Security.Tests.Access;

public sealed class ControlAuthorizerTests
{
    private static readonly ControlKeysConfig Full = new()
    {
        Issuers = [new("realm", "changeme", ""), new("narrow", "narrowkey", "", ["news.*"])],
        Bearers = [new("ci", "static-token"), new("desk", "a.b.c", ["desk"])],
        Basics = [new("bob", "pa:ss", ["bob.*"]), new("eve", "wörd")],
    };

    private readonly ManualTime time = TokenClock.Create();

    [Theory]
    [InlineData]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer a", "Basic b")]
    public void Authorize_NoKeysSet_IsOpenWhateverIsSent(params string[] headers)
    {
        var decision = new ControlAuthorizer(ControlKeys.None, time).Authorize(headers, "any");

        Assert.True(decision.IsAllowed);
        Assert.True(decision.IsUnrestricted);
        Assert.Equal("open", decision.Identity);
    }

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Digest username=bob")]
    [InlineData("static-token")]
    public void Authorize_NoCredential_IsMissing(params string[] headers) => Refused(Authorize(headers), 401, "missing_credentials");

    [Fact]
    public void Authorize_TwoHeaders_Is400() =>
        Refused(Authorize(["Bearer static-token", "Bearer static-token"]), 400, "invalid_parameter", "several Authorization headers");

    [Theory]
    [InlineData("Bearer static-token")]
    [InlineData("bearer static-token")]
    [InlineData("BEARER   static-token ")]
    public void Authorize_StaticToken_IsAllowed(string header)
    {
        var decision = Authorize([header]);

        Assert.Equal("bearer:ci", decision.Identity);
        Assert.True(decision.IsUnrestricted);
        Assert.Equal("", decision.Code);
    }

    [Fact]
    public void Authorize_StaticTokenThatLooksLikeJwt_IsAllowedInItsScope()
    {
        var decision = Authorize(["Bearer a.b.c"]);

        Assert.True(decision.IsAllowed);
        Assert.False(decision.IsUnrestricted);
        Assert.True(decision.Scope.Covers("desk"));
        Assert.False(decision.Scope.Covers("news"));
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer static-toke")]
    [InlineData("Bearer static-token2")]
    [InlineData("Bearer Static-token")]
    [InlineData("Bearer static-token static-token")]
    public void Authorize_OtherStaticToken_IsInvalid(string header) => Refused(Authorize([header]), 401, "invalid_token", "no JWT");

    [Fact]
    public void Authorize_OtherStaticTokenWithoutIssuers_IsInvalid() =>
        Refused(Authorize(["Bearer x"], config: new() { Bearers = [new("ci", "static-token")] }), 401, "invalid_token", "not known");

    [Fact]
    public void Authorize_StaticCredentialUnderRealm_IsAllowed()
    {
        Assert.True(Authorize(["Bearer static-token"], "realm").IsAllowed);
        Assert.True(Authorize([Basic("eve:wörd")], "elsewhere").IsAllowed);
    }

    [Theory]
    [InlineData("bob:pa:ss", "basic:bob")]
    [InlineData("eve:wörd", "basic:eve")]
    public void Authorize_Basic_IsAllowed(string credentials, string identity) =>
        Assert.Equal(identity, Authorize([Basic(credentials)]).Identity);

    [Fact]
    public void Authorize_Basic_HasItsScope()
    {
        var scope = Authorize([Basic("bob:pa:ss")]).Scope;

        Assert.True(scope.Covers("bob.1"));
        Assert.False(scope.Covers("eve.1"));
    }

    [Theory]
    [InlineData("bob:pa:s")]
    [InlineData("bob:wörd")]
    [InlineData("eve:pa:ss")]
    [InlineData("bob:")]
    [InlineData("bob")]
    [InlineData("")]
    public void Authorize_WrongUserOrPassword_IsInvalid(string credentials) =>
        Refused(Authorize([Basic(credentials)]), 401, "invalid_token", "user name or the password");

    [Fact]
    public void Authorize_BasicNotBase64_IsInvalid() => Refused(Authorize(["Basic b!b"]), 401, "invalid_token", "Base64");

    [Fact]
    public void Authorize_BasicWhenNoneIsSetUp_IsInvalid() =>
        Refused(Authorize([Basic("a:b")], config: new() { Bearers = [new("ci", "t")] }), 401, "invalid_token", "no users");

    [Fact]
    public void Authorize_BearerWhenOnlyUsersAreSetUp_IsInvalid() =>
        Refused(Authorize(["Bearer x"], config: new() { Basics = [new("a", "b")] }), 401, "invalid_token", "no bearer tokens");

    [Fact]
    public void Authorize_TokenOfIssuer_IsAllowed()
    {
        var token = PublishToken.Create(KeyText.Read("changeme"), "realm", TimeSpan.FromMinutes(1), time);
        var decision = Authorize(["Bearer " + token], "realm");

        Assert.Equal("issuer:realm", decision.Identity);
        Assert.True(decision.IsUnrestricted);
    }

    [Fact]
    public void Use_NewKeys_DecidesByThem()
    {
        var authorizer = new ControlAuthorizer(Build(new() { Bearers = [new("a", "old")] }), time);
        authorizer.Use(Build(new() { Bearers = [new("a", "new")] }));

        Assert.False(authorizer.Authorize(["Bearer old"], null).IsAllowed);
        Assert.True(authorizer.Authorize(["Bearer new"], null).IsAllowed);
    }

    [Theory]
    [InlineData("Bearer topsecret")]
    [InlineData("Bearer eyJ0b3BzZWNyZXQiOjF9.topsecret.topsecret")]
    [InlineData("Basic topsecret")]
    [InlineData("topsecret topsecret")]
    public void Authorize_Refused_NeverShowsWhatWasSent(string header) =>
        Assert.DoesNotContain("topsecret", Authorize([header]).ToString(), StringComparison.Ordinal);

    private static string Basic(string credentials) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));

    private static void Refused(ControlDecision decision, int status, string code, string detail = "")
    {
        Assert.False(decision.IsAllowed);
        Assert.False(decision.IsUnrestricted);
        Assert.False(decision.Scope.Covers("news"));
        Assert.Equal(code, decision.Code);
        Assert.Equal(status, decision.Status);
        Assert.Contains(detail, decision.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(decision.Detail);
    }

    private ControlKeys Build(ControlKeysConfig config)
    {
        Assert.True(ControlKeys.TryBuild(config, time, NullLogger.Instance, out var keys, out var problems), string.Join('\n', problems));
        return keys!;
    }

    private ControlDecision Authorize(string[] headers, string? realm = null, ControlKeysConfig? config = null) =>
        new ControlAuthorizer(Build(config ?? Full), time).Authorize(headers, realm);
}
