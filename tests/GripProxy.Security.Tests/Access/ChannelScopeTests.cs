using GripProxy.Security.Access;

namespace GripProxy.Security.Tests.Access;

public sealed class ChannelScopeTests
{
    [Fact]
    public void All_AnyChannel_IsCovered()
    {
        Assert.True(ChannelScope.All.IsUnrestricted);
        Assert.True(ChannelScope.All.Covers("x"));
    }

    [Fact]
    public void Nothing_AnyChannel_IsNotCovered()
    {
        Assert.False(ChannelScope.Nothing.IsUnrestricted);
        Assert.False(ChannelScope.Nothing.Covers("x"));
        Assert.False(ChannelScope.Nothing.Covers(""));
    }

    [Fact]
    public void Of_NoPattern_CoversNothing() => Assert.False(ChannelScope.Of([]).Covers("x"));

    [Fact]
    public void Of_Patterns_CoversWhatOneMatches()
    {
        var scope = ChannelScope.Of(["news.*", "chat"]);

        Assert.True(scope.Covers("news.a"));
        Assert.True(scope.Covers("chat"));
        Assert.False(scope.Covers("chat.a"));
        Assert.False(scope.IsUnrestricted);
    }

    [Fact]
    public void Of_Star_IsUnrestricted() => Assert.True(ChannelScope.Of(["a", "*"]).IsUnrestricted);

    [Fact]
    public void Intersect_TwoLists_NeedsBoth()
    {
        var scope = ChannelScope.Of(["news.*"]).Intersect(ChannelScope.Of(["*.de", "*.fr"]));

        Assert.True(scope.Covers("news.de"));
        Assert.False(scope.Covers("news.en"));
        Assert.False(scope.Covers("chat.de"));
    }

    [Fact]
    public void Intersect_WithAll_ChangesNothing()
    {
        var scope = ChannelScope.All.Intersect(ChannelScope.Of(["a"])).Intersect(ChannelScope.All);

        Assert.True(scope.Covers("a"));
        Assert.False(scope.Covers("b"));
        Assert.Equal("[a]", scope.ToString());
    }

    [Fact]
    public void Intersect_WithNothing_CoversNothing() => Assert.False(ChannelScope.All.Intersect(ChannelScope.Nothing).Covers("a"));
}
