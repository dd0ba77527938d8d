using GripProxy.Forwarding.Requests;

namespace GripProxy.Forwarding.Tests.Requests;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/a?b=c?d", "/a", "?b=c?d")]
    [InlineData("/a?", "/a", "?")]
    [InlineData("/a", "/a", "")]
    [InlineData("http://h:1/a?b", "/a", "?b")]
    [InlineData("https://h", "/", "")]
    [InlineData("http://h?b", "/", "?b")]
    [InlineData("*", "/", "")]
    public void TryParse_Form_GivesPathAndQuery(string raw, string path, string query)
    {
        Assert.True(RequestTarget.TryParse(raw, out var target));
        Assert.Equal((path, query), (target.Path, target.Query.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("h:80")]
    [InlineData("://x")]
    public void TryParse_NoPathAndNoUrl_IsRefused(string raw) => Assert.False(RequestTarget.TryParse(raw, out _));

    [Theory]
    [InlineData("/a?id=1&access_token=secret&x=2", "/a?id=1&x=2")]
    [InlineData("/a?access_token=secret", "/a")]
    [InlineData("/a?Access%5Ftoken=secret&b", "/a?b")]
    [InlineData("/a?no_access_token=1&b=access_token", "/a?no_access_token=1&b=access_token")]
    [InlineData("/a", "/a")]
    public void Without_AParameter_KeepsTheRestAsItWas(string raw, string expected)
    {
        Assert.True(RequestTarget.TryParse(raw, out var target));

        var rest = target.Without("access_token");

        Assert.Equal((expected, "/a"), (rest.Value, rest.Path));
    }

    [Theory]
    [InlineData("/old/x?q", 5, "/new/deep/", "/new/deep/x", "?q")]
    [InlineData("/live/x", 6, null, "/x", "")]
    [InlineData("/live?q", 5, "", "/", "?q")]
    [InlineData("/live?q", 99, null, "/", "?q")]
    [InlineData("/live/x?q", 5, null, "/x", "?q")]
    [InlineData("/a?q", 2, "b", "/b", "?q")]
    [InlineData("/a?q", 0, null, "/a", "?q")]
    public void Rewrite_Path_LeavesTheQuery(string raw, int remove, string? replacement, string path, string query)
    {
        Assert.True(RequestTarget.TryParse(raw, out var target));

        var rewritten = target.Rewrite(remove, replacement);

        Assert.Equal((path, query), (rewritten.Path, rewritten.Query.ToString()));
    }
}
