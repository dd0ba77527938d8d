using GripProxy.Security.Access;

namespace GripProxy.Security.Tests.Access;

public sealed class ControlKeysConfigTests
{
    private static readonly ControlKeysConfig Config = new()
    {
        Audience = "a",
        Issuers = [new IssuerConfig("i", "key", "/", ["news.*"])],
        Bearers = [new BearerConfig("b", "token")],
        Basics = [new BasicConfig("u", "password", [])],
    };

    [Fact]
    public void IsSameAs_AllEqual_IsTrueThoughTheListsAreOthers() => Assert.True(Config.IsSameAs(new ControlKeysConfig
    {
        Audience = "a",
        Issuers = [new IssuerConfig("i", "key", "/", ["news.*"])],
        Bearers = [new BearerConfig("b", "token")],
        Basics = [new BasicConfig("u", "password", [])],
    }));

    [Fact]
    public void IsSameAs_AnythingElse_IsFalse() => Assert.All(
        new[]
        {
            Config with { Audience = null },
            Config with { ClockSkew = TimeSpan.Zero },
            Config with { Issuers = [] },
            Config with { Issuers = [new IssuerConfig("i", "other", "/", ["news.*"])] },
            Config with { Issuers = [new IssuerConfig("i", "key", "/", ["*"])] },
            Config with { Bearers = [new BearerConfig("b", "token", ["x"])] },
            Config with { Basics = [new BasicConfig("u", "password")] },
        },
        other => Assert.False(Config.IsSameAs(other)));
}
