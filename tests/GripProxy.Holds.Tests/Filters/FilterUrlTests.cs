using GripProxy.Holds.Filters;

namespace GripProxy.Holds.Tests.Filters;

public sealed class FilterUrlTests
{
    [Theory]
    [InlineData("/check", "http://h:81/a/b?c", "http://h:81/check")]
    [InlineData("check", "https://h/a/b", "https://h/a/check")]
    [InlineData("/check", "ws://h/a", "http://h/check")]
    [InlineData("/check", "wss://h:444/a", "https://h:444/check")]
    [InlineData("ws://x/y", "http://h/", "http://x/y")]
    [InlineData("https://x/y?z", null, "https://x/y?z")]
    public void Find_Url_IsResolvedAgainstWhereTheConnectionStands(string text, string? current, string expected)
    {
        Assert.Null(FilterUrl.Find(FilteredHold.Meta(("url", text)), current is null ? null : new Uri(current), out var url));
        Assert.Equal(expected, url.AbsoluteUri);
    }

    [Theory]
    [InlineData("/check")]
    [InlineData("check")]
    public void Find_RelativeUrlWithoutBase_IsInvalid(string text) =>
        Assert.Equal("invalid url value", FilterUrl.Find(FilteredHold.Meta(("url", text)), current: null, out _));
}
