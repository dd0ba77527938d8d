namespace GripProxy.Origin.Tests;

public sealed class GripEndpointTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5561", "http://127.0.0.1:5561/", "http://127.0.0.1:5561/publish/")]
    [InlineData("http://127.0.0.1:5561/?iss=realm&key=base64:c2VjcmV0", "http://127.0.0.1:5561/", "http://127.0.0.1:5561/publish/")]
    [InlineData("https://api.example.com/realm/x?iss=x&key=k", "https://api.example.com/realm/x/", "https://api.example.com/realm/x/publish/")]
    [InlineData("https://api.example.com/realm/x/", "https://api.example.com/realm/x/", "https://api.example.com/realm/x/publish/")]
    [InlineData("http://bob:secret@[::1]:8080/a", "http://[::1]:8080/a/", "http://[::1]:8080/a/publish/")]
    public void Parse_GripUrl_KeepsPathInFrontOfPublish(string url, string address, string publish)
    {
        var endpoint = GripEndpoint.Parse(url);

        Assert.Equal(address, endpoint.Address.AbsoluteUri);
        Assert.Equal(publish, endpoint.PublishAddress.AbsoluteUri);
        Assert.Equal(address, endpoint.ToString());
    }

    [Theory]
    [InlineData("http://h/", "none")]
    [InlineData("http://h/?iss=realm&key=secret", "JWT")]
    [InlineData("http://h/?key=token", "Bearer")]
    [InlineData("http://bob:secret@h/", "Basic")]
    public void Parse_GripUrl_ChoosesTheCredential(string url, string expected) =>
        Assert.Equal(expected, GripEndpoint.Parse(url).Url.Credential.ToString());

    [Theory]
    [InlineData("base64:+/+/")]
    [InlineData("base64:%2B/%2B/")]
    public void Parse_Base64KeyWithPlus_KeepsThePlus(string key) => Assert.True(GripEndpoint.TryParse("http://h/?iss=a&key=" + key, out _, out _));

    [Theory]
    [InlineData("", "not a GRIP URL")]
    [InlineData("127.0.0.1:5561", "not a GRIP URL")]
    [InlineData("tcp://127.0.0.1:5560", "not a GRIP URL")]
    [InlineData("http://h/?iss=realm", "'key' beside it")]
    [InlineData("http://h/?iss=&key=hidden", "'iss' needs a value")]
    [InlineData("http://h/?iss=a&key=base64:*hidden*", "'key'")]
    [InlineData("http://h/?iss=a&key=", "'key'")]
    [InlineData("http://h/?key=", "'key'")]
    [InlineData("http://h/?key=hidden%0D%0AX:1", "'key'")]
    [InlineData("http://h/?iss=a&kee=hidden", "unknown parameter 'kee'")]
    [InlineData("http://h/?key=hidden&key=hidden", "'key' is given twice")]
    [InlineData("http://bob:hidden@h/?key=hidden", "give one of them")]
    [InlineData("http://h/?verify-key=base64:*hidden*", "'verify-key'")]
    public void Parse_BadUrl_SaysWhyAndShowsNoKey(string url, string expected)
    {
        var problem = Assert.Throws<FormatException>(() => GripEndpoint.Parse(url));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", problem.Message, StringComparison.Ordinal);
    }
}
