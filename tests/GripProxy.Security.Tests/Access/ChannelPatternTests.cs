using GripProxy.Security.Access;

namespace GripProxy.Security.Tests.Access;

public sealed class ChannelPatternTests
{
    [Theory]
    [InlineData("news", "news")]
    [InlineData("news.*", "news.")]
    [InlineData("news.*", "news.a.b")]
    [InlineData("*", "")]
    [InlineData("*", "anything")]
    [InlineData("**", "anything")]
    [InlineData("*.end", "a.end.end")]
    [InlineData("a*b*c", "aXbYc")]
    [InlineData("a*b*c", "abc")]
    [InlineData("a*b*c", "abbcbc")]
    [InlineData("*a*", "xay")]
    [InlineData("a?c", "a?c")]
    [InlineData("a\\*", "a\\b")]
    [InlineData("[a]", "[a]")]
    public void Matches_Fitting_IsTrue(string pattern, string channel) => Assert.True(new ChannelPattern(pattern).Matches(channel));

    [Theory]
    [InlineData("news", "News")]
    [InlineData("news", "news2")]
    [InlineData("news", "new")]
    [InlineData("news.*", "news")]
    [InlineData("*.end", "a.end.")]
    [InlineData("a*b*c", "acb")]
    [InlineData("a?c", "abc")]
    [InlineData("[a]", "a")]
    [InlineData("", "a")]
    [InlineData("a*a", "a")]
    public void Matches_NotFitting_IsFalse(string pattern, string channel) => Assert.False(new ChannelPattern(pattern).Matches(channel));

    [Fact]
    public void Matches_PatternMadeToBacktrack_EndsSoon()
    {
        var pattern = new ChannelPattern(string.Concat(Enumerable.Repeat("a*", 500)) + "b");

        Assert.False(pattern.Matches(new string('a', 1024)));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("***", true)]
    [InlineData("*a", false)]
    [InlineData("", false)]
    public void MatchesAll_StarsOnly_IsTrue(string pattern, bool expected) =>
        Assert.Equal(expected, new ChannelPattern(pattern).MatchesAll);
}
