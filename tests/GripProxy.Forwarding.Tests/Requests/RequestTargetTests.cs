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
