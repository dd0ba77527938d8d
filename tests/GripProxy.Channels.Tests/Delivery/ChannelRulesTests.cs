using GripProxy.Channels.Delivery;

namespace GripProxy.Channels.Tests.Delivery;

public sealed class ChannelRulesTests
{
    [Theory]
    [InlineData("news.sport", "news.sport*")]
    [InlineData("news.sport.1", "news.sport*1")]
    [InlineData("news.tech", "news.*")]
    [InlineData("other", "*")]
    public void For_SeveralPatternsMatch_MostSpecificWins(string channel, string pattern)
    {
        var rules = new ChannelRules([Rule("*"), Rule("news.*"), Rule("news.sport*1"), Rule("news.sport*")]);
        Assert.Equal(pattern, rules.For(channel).Pattern);
    }

    [Fact]
    public void For_EquallySpecific_FirstInTheFileWins() =>
        Assert.Equal("a*", new ChannelRules([Rule("a*"), Rule("*b")]).For("ab").Pattern);

    [Fact]
    public void For_NoPatternMatches_DefaultClosesSlowConnections() =>
        Assert.Equal(ChannelRule.Default, new ChannelRules([Rule("x*")]).For("y"));

    private static ChannelRule Rule(string pattern) => new(pattern, OverflowPolicy.Close, 1);
}
