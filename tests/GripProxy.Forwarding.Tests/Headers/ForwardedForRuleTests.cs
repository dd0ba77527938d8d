using System.Net;
using GripProxy.Forwarding.Headers;

namespace GripProxy.Forwarding.Tests.Headers;

public sealed class ForwardedForRuleTests
{
    private static readonly IPAddress Peer = IPAddress.Parse("9.9.9.9");

    [Theory]
    [InlineData("append", "", "9.9.9.9")]
    [InlineData("append", "1.1.1.1", "1.1.1.1, 9.9.9.9")]
    [InlineData("truncate:0", "1.1.1.1", null)]
    [InlineData("truncate:1", "1.1.1.1|2.2.2.2", "2.2.2.2")]
    [InlineData("truncate:5", "1.1.1.1|2.2.2.2", "1.1.1.1, 2.2.2.2")]
    [InlineData("truncate:0|append", "1.1.1.1|2.2.2.2", "9.9.9.9")]
    [InlineData("append|truncate:1", "1.1.1.1|2.2.2.2", "2.2.2.2, 9.9.9.9")]
    public void Apply_Values_FollowTheRule(string items, string values, string? expected)
    {
        Assert.True(ForwardedForRule.TryParse(items.Split('|'), out var rule, out _));

        Assert.Equal(expected, rule.Apply([.. values.Split('|', StringSplitOptions.RemoveEmptyEntries)], Peer));
    }

    [Theory]
    [InlineData("truncate")]
    [InlineData("truncate:-1")]
    [InlineData("truncate:x")]
    [InlineData("prepend")]
    public void TryParse_UnknownItem_NamesItAndWhatIsExpected(string item)
    {
        Assert.False(ForwardedForRule.TryParse([item], out _, out var error));
        Assert.Contains(item, error, StringComparison.Ordinal);
        Assert.Contains("expected", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_Nothing_Passes()
    {
        Assert.True(ForwardedForRule.TryParse([], out var rule, out _));
        Assert.True(rule.IsPass);
    }
}
