namespace GripProxy.OriginSample.Tests;

public sealed class SampleArgumentsTests
{
    [Fact]
    public void TryRead_Nothing_GivesTheDefaults()
    {
        Assert.True(SampleArguments.TryRead([], _ => null, out var options, out _));

        Assert.Equal("127.0.0.1:8000", options!.Listen);
        Assert.Equal(["http://127.0.0.1:5561/"], options.GripUrls);
        Assert.Equal("changeme", options.SigKey);
    }

    [Fact]
    public void TryRead_Options_OverrideTheEnvironment()
    {
        string[] arguments = ["--listen", "127.0.0.1:9000", "--grip-url=http://a/?iss=x&key=y", "--grip-url", "http://b/", "--sig-key=k", "--proxy", "http://p/"];

        Assert.True(SampleArguments.TryRead(arguments, _ => "http://environment/", out var options, out _));

        Assert.Equal("127.0.0.1:9000", options!.Listen);
        Assert.Equal(["http://a/?iss=x&key=y", "http://b/"], options.GripUrls);
        Assert.Equal("k", options.SigKey);
        Assert.Equal("http://p/", options.ProxyUrl);
    }

    [Fact]
    public void TryRead_Environment_IsUsed()
    {
        Assert.True(SampleArguments.TryRead([], name => name == "GRIP_URL" ? "http://environment/" : null, out var options, out _));

        Assert.Equal(["http://environment/"], options!.GripUrls);
    }

    [Fact]
    public void TryRead_Help_GivesNoOptions()
    {
        Assert.True(SampleArguments.TryRead(["--help"], _ => null, out var options, out var message));

        Assert.Null(options);
        Assert.Contains("--grip-url", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--listen")]
    [InlineData("--listen=nowhere")]
    [InlineData("--grip-url=tcp://a/")]
    public void TryRead_Mistakes_AreSaid(string argument)
    {
        Assert.False(SampleArguments.TryRead([argument], _ => null, out _, out var message));

        Assert.Contains(argument.Split('=')[0], message, StringComparison.Ordinal);
    }
}
